"""Checkpoints that only the same run goes on from: each holds a key made of what it was trained on and how."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch


def digest(*parts: object) -> str:
    """SHA-256 over the parts, which must be ready for JSON."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def load_checkpoint(file: Path, key: str) -> dict[str, Any] | None:
    """The state in `file`; None where there is none or it is of another run."""
    if not file.exists():
        return None
    state: dict[str, Any] = torch.load(file, weights_only=True)
    return state if state.get("key") == key else None


def save_checkpoint(file: Path, state: Mapping[str, Any]) -> None:
    """Write `state` in one step: a kill leaves the old file or the new one."""
    fresh = file.with_suffix(".new")
    torch.save(dict(state), fresh)
    fresh.replace(file)
