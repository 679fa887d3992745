"""Serves the page over fake engines, in a process of its own: `python -m tests.ui.served PORT FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn
from langgraph.checkpoint.memory import InMemorySaver

from graph.serde import serializer
from graph.talk import Talk
from tests.fakes import fake_engines, heard, pack_of
from ui.launch import build_ui

SCRIPT = {
    "转人工": heard("request_human"),
    "好的": heard("affirm"),
    "多少钱": heard("ask_price", product="QH-R20"),
}


def talk_over(folder: Path) -> Talk:
    """Talks whose customers say the lines of SCRIPT."""
    return Talk(fake_engines(pack_of(), folder, script=SCRIPT), InMemorySaver(serde=serializer()))


if __name__ == "__main__":
    uvicorn.run(build_ui(talk_over(Path(sys.argv[2]))), port=int(sys.argv[1]), log_level="error")
