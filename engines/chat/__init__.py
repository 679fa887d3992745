"""Realisers: a plan as language."""
