"""What the pack states: one document a fact, found by wording and by meaning."""
