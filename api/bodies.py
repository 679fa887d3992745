"""What a remote client may send: a turn whose recording lies in the one folder meant for recordings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError, create_model, field_validator

from core.errors import InputError
from graph.request import Recording, TurnRequest


def turn_body(audio_folder: Path | None) -> type[TurnRequest]:
    """The request type of a server that hears recordings in `audio_folder` alone, none where it is None."""

    def inside(audio: Recording | None) -> Recording | None:
        return recording_in(audio_folder, audio) if audio else None

    return create_model(
        TurnRequest.__name__,
        __base__=TurnRequest,
        __doc__=TurnRequest.__doc__,
        __validators__={"audio_is_inside": field_validator("audio")(inside)},
    )


def recording_in(folder: Path | None, audio: Recording) -> Recording:
    """The recording by its real path; a relative one is taken in `folder`. Raises ValueError.

    Of a path outside nothing is told, not even whether there is a file.
    """
    if folder is None:
        raise ValueError("recordings are not taken here: TALKTRACK_AUDIO_FOLDER names no folder")
    home = folder.resolve()
    try:
        path = (home / audio.path).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise ValueError("no path of a recording") from error
    if not path.is_relative_to(home):
        raise ValueError("not in the folder of recordings that this server reads")
    try:
        return Recording.model_validate(Recording(path=str(path), sha256=audio.sha256).checked())
    except InputError as error:
        raise ValueError(str(error).replace(str(path), audio.path)) from error


def body_check(body: type[TurnRequest]) -> Callable[[Request], Awaitable[None]]:
    """Refuses what LangServe would fail over: a body too deep to read, a batch with a bad input.

    A batch is refused before any of it runs, by the place of its bad input.
    """

    async def check(request: Request) -> None:
        if request.method != "POST":
            return
        try:
            sent = await request.json()
        except (ValueError, RecursionError) as error:
            raise InputError("the body is no JSON object that can be read") from error
        if request.url.path.endswith("/batch") and isinstance(sent, dict) and "inputs" in sent:
            check_batch(body, sent["inputs"])

    return check


def check_batch(body: type[TurnRequest], inputs: Any) -> None:
    """Raises RequestValidationError for the first bad input."""
    if not isinstance(inputs, list):
        raise RequestValidationError([{"loc": ("inputs",), "type": "list_type", "msg": "must be a list"}])
    for place, fields in enumerate(inputs):
        try:
            body.model_validate(fields)
        except ValidationError as error:
            faults = [{**fault, "loc": ("inputs", place, *fault["loc"])} for fault in error.errors()]
            raise RequestValidationError(faults) from error
