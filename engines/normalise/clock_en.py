"""Times of day as they are said in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import Match

from engines.normalise.dates import Piece
from engines.normalise.plain import whole_words
from engines.normalise.spoken_en import ONES

_HOUR = "|".join(list(ONES)[1:13])
_PARTS = r"in the (?P<part>morning|afternoon|evening)"
_AP = r"(?P<ap>[ap]\.?m\.?)"
_CLOCKS = (
    whole_words(
        rf"(?:at )?(?P<h>[0-9]{{1,2}}|{_HOUR})(?P<colon>[:.][0-5][0-9])?(?P<spoken>[ ](?:thirty|"
        rf"fifteen|forty[ -]five))?[ ]?{_AP}"
    ),
    whole_words(rf"(?:at )?(?P<h>[0-9]{{1,2}})(?P<colon>:[0-5][0-9])(?:[ ]{_PARTS})?"),
    whole_words(
        rf"(?:at )?(?P<past>half past|quarter past|quarter to)[ ](?P<h>[0-9]{{1,2}}|{_HOUR})(?:[ ]{_PARTS})?"
    ),
    whole_words(rf"(?:at |around |about )?(?P<h>[0-9]{{1,2}}|{_HOUR})(?:[ ]o'?clock)?[ ]{_PARTS}"),
    whole_words(rf"(?:at )?(?P<h>[0-9]{{1,2}}|{_HOUR})[ ]o'?clock"),
    whole_words(
        rf"at (?P<h>[0-9]{{1,2}}|{_HOUR})(?P<spoken>[ ](?:thirty|fifteen))?(?=[ ]?(?:[,.?!]|$|on |"
        rf"tomorrow|next|sharp|please|or so|would|works|is |then))"
    ),
    whole_words(rf"(?<=日 )(?:around |about )?(?P<h>[0-9]{{1,2}}|{_HOUR})(?=[ ]?(?:[,.?!]|$))"),
    whole_words(rf"(?P<h>[0-9]{{1,2}}|{_HOUR})(?=[ ]日+[ ](?:morning|afternoon|evening))"),
    whole_words(r"(?:at )?(?P<noon>noon|midday)"),
)


def clocks_en(text: str) -> Iterator[Piece]:
    """Times of day in `text`, kind `time`; iso is empty where the words name no usable time.

    A day that is known stands as 日日日: beside one, a bare number is an hour (Friday around eleven).
    """
    for pattern in _CLOCKS:
        for found in pattern.finditer(text):
            yield Piece("time", _clock(found), found.start(), found.end(), "")


def _clock(found: Match[str]) -> str:
    named = found.groupdict()
    if named.get("noon"):
        return "T12:00"
    words = named["h"].lower()
    hour = int(words) if words.isdigit() else ONES[words]
    minute = _minute(named)
    half_day = re.sub(r"\W", "", (named.get("ap") or "").lower()) or {"morning": "am"}.get(
        (named.get("part") or "").lower(), ""
    )
    half_day = half_day or ("pm" if named.get("part") else "")
    if (named.get("past") or "").lower().startswith("quarter to"):
        hour -= 1
    if hour > 24 or minute > 59 or (half_day and not 1 <= hour <= 12):
        return ""
    if half_day == "pm" and hour < 12:
        hour += 12
    elif half_day == "am" and hour == 12:
        hour = 0
    elif not half_day and not named.get("colon") and 1 <= hour <= 6:
        hour += 12
    return f"T{hour % 24:02d}:{minute:02d}"


def _minute(named: dict[str, str | None]) -> int:
    past = (named.get("past") or "").lower()
    if past:
        return 30 if past.startswith("half") else 45 if past.endswith("to") else 15
    words = (named.get("colon") or named.get("spoken") or "").strip(" :.").lower()
    return {"thirty": 30, "fifteen": 15, "forty five": 45, "forty-five": 45}.get(
        words, int(words) if words.isdigit() else 0
    )
