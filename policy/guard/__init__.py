"""Checks what a sentence promises against the facts in force."""
