"""One reader for each kind of pack file."""
