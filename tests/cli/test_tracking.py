"""Tracking by a chat model, chosen by setting, as a program at the command line sees it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.harness import complaints, objects, talktrack
from tests.openai_server import Reply, serving

CLOCK = ("--now", "2026-11-22T10:00")


def chosen(folder: Path, **settings: str) -> Path:
    """A folder whose .env chooses the model."""
    lines = {"TALKTRACK_TRACKING": "llm", **settings}
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()), "utf-8")
    return folder


def test_the_state_is_the_models_and_the_rules_where_it_fails(home: Path, tmp_path: Path) -> None:
    diff = {"set": [{"slot": "location", "value": "苏州", "words": "苏州"}]}
    with serving(Reply(json.dumps(diff)), Reply(status=500)) as server:
        folder = chosen(tmp_path, TALKTRACK_TRACKING_BASE_URL=server.url, TALKTRACK_TRACKING_MODEL="m")
        lines = "我们在苏州\n要R6,十二台\n"
        done = talktrack("chat", "--json", "--thread", "t", *CLOCK, home=home, stdin=lines, cwd=folder)
    first, second = objects(done)
    assert done.returncode == 0 and complaints(done) == []
    assert first["slots"] == {"location": "苏州"}
    assert second["slots"] == {"location": "苏州", "product": "QH-R6", "quantity": 12}


def test_without_a_model_named_nothing_starts(home: Path, tmp_path: Path) -> None:
    folder = chosen(tmp_path)
    done = talktrack("chat", "--json", *CLOCK, home=home, stdin="你好\n", cwd=folder)
    [line] = complaints(done)
    assert done.returncode != 0 and "TALKTRACK_TRACKING_MODEL" in line
