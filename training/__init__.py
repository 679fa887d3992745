"""Trains what ships; nothing imports it but the command line."""
