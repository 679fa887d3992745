"""Keeps chunks: durable, updated atomically, found by words and by vectors."""
