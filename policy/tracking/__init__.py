"""The dialogue state: what an utterance changes by rule, and how changes are merged."""
