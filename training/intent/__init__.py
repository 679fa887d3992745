"""Intent classifiers: labelled texts in, a folder that the runtime loads out."""
