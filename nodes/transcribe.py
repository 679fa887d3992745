"""Turns a recording into the text of the turn."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from core.context import MAX_TEXT
from core.errors import InputError, MissingEngineError
from core.state import TalkState
from core.types import Audio
from engines.asr.base import Recogniser
from engines.normalise.contact import mask

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
    return {"transcript": heard, "text": heard.text.strip()[:MAX_TEXT]}
