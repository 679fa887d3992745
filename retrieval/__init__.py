"""Looks facts up: hybrid lexical and dense search over facts and knowledge files."""
