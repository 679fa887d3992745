"""Intent and slots of one utterance."""
