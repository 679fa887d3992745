"""Runs the real command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
ENTRY = [sys.executable, "-c", "from cli.main import run; run()"]


def talktrack(
    *args: str, home: Path, stdin: str | bytes = "", cwd: Path = ROOT, timeout: float = 110
) -> subprocess.CompletedProcess[bytes]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("TALKTRACK_", "LANGSMITH", "LANGCHAIN"))
    }
    env |= {"TALKTRACK_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*ENTRY, *args], input=data, capture_output=True, env=env, cwd=cwd, timeout=timeout, check=False
    )


def objects(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def complaints(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """Lines on stderr, the notes on progress left aside. A traceback is never one of them."""
    text = done.stderr.decode()
    assert "Traceback" not in text, text
    return [line for line in text.splitlines() if line.startswith("talktrack:")]
