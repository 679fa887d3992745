"""The engines of each capability, three tiers behind one interface each."""

import os

# ONNX Runtime 1.29 and later reports to its maker from the moment it is imported, by us or by a library of ours.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
