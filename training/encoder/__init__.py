"""The encoder that ships: pretrained on plain text, trained on our utterances, exported to INT8 ONNX."""
