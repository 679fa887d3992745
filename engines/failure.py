"""Why an engine has no answer, as a value: for engines that something else stands in for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """Why an engine has no answer."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    REJECTED = "rejected"
    BROKEN_OFF = "broken_off"
    EMPTY = "empty"
    MALFORMED = "malformed"
    WRONG_LABEL = "wrong_label"
    BROKEN = "broken"


@dataclass(frozen=True)
class Failure:
    """No answer: why, and one line for a person that holds no word of customer or model."""

    trouble: Trouble
    says: str

    def __str__(self) -> str:
        return f"{self.trouble}: {self.says}"
