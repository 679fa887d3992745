"""Measures quality on files of labelled turns; nothing imports it but the command line."""
