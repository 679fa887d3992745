"""Measures what was built against labelled files; imported by nothing but the command line."""
