"""Turns a recording into the text of the turn."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from core.context import MAX_TEXT
from core.errors import InputError, MissingEngineError
from core.state import TalkState
from core.types import Audio, Transcript
from engines.asr.base import Recogniser
from engines.normalise.contact import mask
from engines.normalise.private import marked
from policy.minors import minor_after
from policy.sensitive import fit_to_keep

log = logging.getLogger(__name__)


async def transcribe(state: TalkState, *, recogniser: Recogniser) -> dict[str, Any]:
    """Text with word confidences, or the trouble that kept it from being heard."""
    audio = Audio.model_validate(state["audio"])
    try:
        heard = await asyncio.to_thread(recogniser.transcribe, Path(audio.path), lang=state["lang"])
    except MissingEngineError as error:
        log.warning("a recording was not heard: %s", mask(str(error)))
        return {"trouble": "no_recogniser"}
    except InputError:
        return {"trouble": "bad_audio"}
    if not heard.text.strip():
        return {"transcript": heard, "trouble": "bad_audio"}
    return kept(heard, child_before=state.get("minor", False))


def kept(heard: Transcript, *, child_before: bool) -> dict[str, Any]:
    """The transcript as it may be kept, and what it says of the speaker."""
    child = minor_after(heard.text, child_before)
    told = fit_to_keep(heard.text.strip(), [word.text for word in heard.words], child=child)
    words = tuple(heard.words[place] for place in told.words)
    return {
        "transcript": heard.model_copy(update={"text": told.text, "words": words}),
        "text": told.text[:MAX_TEXT],
        "sensitive": marked(told.text),
        "minor": child,
    }
