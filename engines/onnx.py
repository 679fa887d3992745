"""ONNX networks on the CPU. That the runtime reports to nobody is seen to in `engines/__init__.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def open_network(model: Path | bytes, threads: int = 1) -> Any:
    """An inference session of a file or of its bytes. ValueError where they hold no network."""
    import onnxruntime  # loads in 0.2 s, on first use

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    settings.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    try:
        return onnxruntime.InferenceSession(source, settings, providers=["CPUExecutionProvider"])
    except Exception as error:  # its own classes share no base but Exception
        raise ValueError(f"not an ONNX network ({type(error).__name__})") from error
