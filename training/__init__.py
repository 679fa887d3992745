"""Training of Talktrack's own models. Only the command line imports this; nothing on the path of a turn does."""
