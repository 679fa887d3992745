"""Reads files of many formats into chunks: LangChain documents with stable ids, validity and source."""
