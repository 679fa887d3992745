"""Dense embeddings of text, behind `langchain_core.embeddings.Embeddings`."""
