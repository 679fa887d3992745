"""`transcribe` alone: words heard, or the trouble that kept them from being heard."""

from __future__ import annotations

from typing import Any

import pytest

from core.context import MAX_TEXT
from core.errors import EngineError, InputError, MissingEngineError
from engines.asr.none import NoRecogniser
from nodes.transcribe import transcribe
from tests.fakes import ScriptedRecogniser, opened

AUDIO = {"path": "/sounds/a.wav", "sha256": "0"}


async def transcribed(told: str | Exception) -> dict[str, Any]:
    return await transcribe(opened(audio=AUDIO), recogniser=ScriptedRecogniser({"a.wav": told}))


async def test_what_was_heard_becomes_the_text() -> None:
    update = await transcribed("  R20 多少钱 ")
    assert update["text"] == "R20 多少钱"
    assert update["transcript"].engine == "scripted"
    assert [word.text for word in update["transcript"].words] == ["R20", "多少钱"]
    assert "trouble" not in update


async def test_a_speech_without_end_is_cut() -> None:
    assert len((await transcribed("长" * (MAX_TEXT + 9)))["text"]) == MAX_TEXT


@pytest.mark.parametrize(
    ("told", "trouble"),
    [
        ("  ", "bad_audio"),
        (InputError("no audio"), "bad_audio"),
        (MissingEngineError("speech", "no model", "install one"), "no_recogniser"),
    ],
)
async def test_what_could_not_be_heard_is_a_trouble(told: str | Exception, trouble: str) -> None:
    update = await transcribed(told)
    assert update["trouble"] == trouble and "text" not in update


async def test_a_robot_without_ears_says_so(caplog: pytest.LogCaptureFixture) -> None:
    update = await transcribe(opened(audio=AUDIO), recogniser=NoRecogniser())
    assert update == {"trouble": "no_recogniser"}
    (note,) = caplog.records
    assert note.levelname == "WARNING" and "TALKTRACK_ASR" in note.getMessage()


async def test_a_broken_engine_is_not_taken_for_a_bad_recording() -> None:
    with pytest.raises(EngineError):
        await transcribed(EngineError("out of memory", transient=True))
