"""Every error Talktrack raises on purpose.

TalktrackError                    one clear line for the person at the screen
├── SettingsError                 a setting that cannot work
├── PackError                     a domain pack that cannot be loaded: file, line, reason
├── InputError                    input no turn can be made of (too long, broken JSON, bad time)
│   └── UnreadableFileError       a file of which no passage can be made, with the reason
├── NotFoundError                 something asked for by its name that is not there
├── ConflictError                 something that cannot be done as things stand: another was first
├── MissingEngineError            a capability nobody serves, with the one step that mends it
└── EngineError                   an engine that failed; `transient` says whether trying again may help
    └── StoreError                the business database or the checkpoint store cannot be reached
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class TalktrackError(Exception):
    """Base of all errors raised on purpose; `str(error)` is one line for a person."""


class SettingsError(TalktrackError):
    """A setting that cannot work."""


@dataclass(frozen=True)
class PackFault:
    """One thing wrong in a pack: where, and what."""

    file: Path
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


class PackError(TalktrackError):
    """A domain pack that cannot be loaded; carries every fault found, not only the first."""

    def __init__(self, faults: Sequence[PackFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


class InputError(TalktrackError):
    """Input that no turn can be made of."""


class UnreadableFileError(InputError):
    """A file of which no passage can be made."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"{name}: {reason}")


class NotFoundError(TalktrackError):
    """Something asked for by its name that is not there."""


class ConflictError(TalktrackError):
    """Something that cannot be done as things stand: another was first, or its time is over."""


class MissingEngineError(TalktrackError):
    """A capability that nothing serves; `mend` is the one command or setting that helps."""

    def __init__(self, capability: str, reason: str, mend: str) -> None:
        self.capability = capability
        self.reason = reason
        self.mend = mend
        super().__init__(f"{capability}: {reason}. To mend: {mend}")


class EngineError(TalktrackError):
    """An engine that failed while it worked."""

    def __init__(self, message: str, *, transient: bool) -> None:
        self.transient = transient
        super().__init__(message)


class StoreError(EngineError):
    """The business database or the checkpoint store cannot be reached or written."""
