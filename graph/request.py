"""One customer turn as every front door takes it: checked here, then handed to `Talk`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from core.clock import parse_minute
from core.context import TalkContext
from core.errors import InputError
from core.state import TalkInput
from core.types import Channel, CustomerCard, Direction, Event, Lang

MAX_CHARACTERS = 1_000_000
"""Characters of one line that are taken at all; MAX_TEXT of them are read."""
GIVEN = {"text", "turn_id", "event", "direction", "image", "customer"}
"""Fields of a request that are handed to the graph as they are."""


def _printable(name: str) -> str:
    if not name.isprintable():
        raise ValueError("no control characters")
    return name


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
THREAD: TypeAdapter[str] = TypeAdapter(Name)


class Recording(BaseModel):
    """A recording on this machine, and what it must be."""

    model_config = ConfigDict(extra="forbid")

    path: str
    sha256: str | None = None

    def checked(self) -> dict[str, str]:
        """Path and digest. Raises InputError where the file is missing or is another one."""
        file = Path(self.path)
        try:
            with file.open("rb") as stream:
                digest = file_digest(stream, "sha256").hexdigest()
        except (OSError, ValueError) as error:
            raise InputError(f"no such audio file: {self.path}") from error
        if self.sha256 not in (None, digest):
            raise InputError(f"not the audio file of this sha256: {self.path}")
        return {"path": str(file), "sha256": digest}


class TurnRequest(BaseModel):
    """One customer turn: text, audio, event or image. Without a thread, a new talk begins."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(default=None, max_length=MAX_CHARACTERS, description="What the customer says.")
    thread: Name | None = None
    turn_id: Name | None = Field(default=None, description="A repeated one gives the stored answer again.")
    now: str | None = Field(default=None, description="Local minute, YYYY-MM-DDTHH:MM; empty: now.")
    channel: Channel = "text"
    event: Event | None = None
    direction: Direction | None = Field(
        default=None,
        description="Who began, with event start. Default: we called by voice, the customer came by text.",
    )
    audio: Recording | None = None
    image: str | None = Field(default=None, max_length=2000)
    customer: CustomerCard | None = None

    @field_validator("now")
    @classmethod
    def _is_minute(cls, now: str | None) -> str | None:
        if not now:
            return None
        try:
            parse_minute(now)
        except InputError as error:
            raise ValueError(str(error)) from error
        return now

    @field_validator("audio", mode="before")
    @classmethod
    def _path_alone(cls, audio: Any) -> Any:
        return {"path": audio} if isinstance(audio, str) else audio

    @model_validator(mode="after")
    def _says_something(self) -> TurnRequest:
        if all(given is None for given in (self.text, self.audio, self.event, self.image)):
            raise ValueError("one of text, audio, event, image is needed")
        said = {"text": self.text and self.text.strip(), "audio": self.audio, "event": self.event}
        named = [name for name, given in said.items() if given]
        if len(named) > 1:
            raise ValueError(f"only one of text, audio, event in a turn, not {' and '.join(named)}")
        return self

    def given(self) -> TalkInput:
        """The graph's input. Raises InputError for a recording that cannot be read."""
        fields = self.model_dump(include=GIVEN, exclude_none=True)
        if self.audio:
            fields["audio"] = self.audio.checked()
        return cast("TalkInput", fields)

    def context(self, lang: Lang | None = None) -> TalkContext:
        """The run's context; `lang` forces the language of the reply."""
        customer = self.customer.id if self.customer else None
        return TalkContext(now=self.now or None, channel=self.channel, lang=lang, customer_id=customer)


def read_request(fields: Any, kind: type[TurnRequest] = TurnRequest) -> TurnRequest:
    """The request of a JSON object, or of one that is read already; `kind` may ask more.

    Raises InputError that says in one line what is wrong.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise InputError(in_one_line(error.errors())) from error


def read_line(line: str) -> TurnRequest:
    """The request of one line: a JSON object where it begins with a brace, else what the customer says.

    Raises InputError.
    """
    if not line.lstrip().startswith("{"):
        return read_request({"text": line})
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"not a JSON object: {error.msg} at character {error.pos}") from error
    except (ValueError, RecursionError) as error:
        raise InputError("not a JSON object that can be read: too deep, or too long a number") from error
    return read_request(fields)


def thread_in(line: str) -> str | None:
    """The thread that a line names, however wrong the rest of it is; None where none can be read."""
    try:
        fields = json.loads(line)
        return THREAD.validate_python(fields["thread"]) if isinstance(fields, dict) else None
    except (ValueError, KeyError, RecursionError):
        return None


def in_one_line(faults: Sequence[Any]) -> str:
    """Validation faults as a person reads them; what was sent is not repeated."""
    return "; ".join(dict.fromkeys(map(_fault, faults)))


def _fault(fault: Any) -> str:
    if isinstance(fault, str):
        return fault
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"unknown field: {where}"
    if fault["type"] in ("model_type", "model_attributes_type"):
        return f"{where or 'the input'}: must be an object"
    reason = str(fault["msg"]).removeprefix("Value error, ")
    return f"{where}: {reason}" if where else reason
