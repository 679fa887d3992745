"""Looks things up: the pack's facts (`facts`), and the library of files that a team adds (`library`)."""
