"""Trackers: what an utterance changes in the dialogue state."""
