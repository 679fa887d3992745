"""Times as customers say them, made ISO against an injected present moment."""

from __future__ import annotations

import re
from datetime import datetime

from engines.normalise.clock_en import clocks_en
from engines.normalise.dates import Bound, Kind, Piece, TimeSpan, choose
from engines.normalise.plain import fold
from engines.normalise.time_en import pieces_en
from engines.normalise.time_zh import PART, clocks_zh, pieces_zh

__all__ = ["TimeSpan", "demo_time_of", "find_times", "is_meeting_talk", "timeline_of"]

_GAP = re.compile(
    rf"(?:{PART}|[的,，\s]|大概|大约|差不多|左右|at|on|around|about|in the|morning|afternoon|evening)*",
    re.IGNORECASE,
)
_PART_AFTER = re.compile(
    rf"[的 ]?(?:{PART})|[ ](?:morning|afternoon|evening|in the (?:morning|afternoon|evening))\b",
    re.IGNORECASE,
)
_BY_AFTER = re.compile(r"(?:之|以)?前|以内|之内")
_MEETING = re.compile(
    r"看(?!看)|参观|演示|见面|见|拜访|过来|过去|上门|约|展厅|开会|会议|来一趟|去你们|去趟|试机|"
    r"试用|打给|打过来|回电|再打|联系|体验|考察|面谈|"
    r"demo|visit|show(?:room)?|meeting|meet|come (?:over|by|to)|call|see (?:it|the|one|you)|tour|"
    r"appointment|book|drop by|trial",
    re.IGNORECASE,
)
_NEED = re.compile(
    r"要|用上|投产|上线|到货|交货|装好|交付|验收|开工|量产|启用|落地|搞定|上马|采购|定下来|签|实施|"
    r"running|need|deliver|install|in place|start|launch|production|commission|order|decide|"
    r"purchase|live|ready|want",
    re.IGNORECASE,
)
_DELIVERY = re.compile(
    r"用上|投产|上线|到货|交货|装好|交付|验收|量产|running|deliver|install|in place|production|commission",
    re.IGNORECASE,
)
_MIDDLE = re.compile("月中|mid(?:dle)?\\b", re.IGNORECASE)
"""The middle of a month is as vague as a month."""
_BUSY = re.compile(r"腾不出|没空|没时间|没有时间|忙不过|顾不上|no time|too busy", re.IGNORECASE)
_PAST = re.compile(
    r"(?:质保|保修|保质|用了|做了|开了|干了|成立|已经|合作了?|超过|过了|等了|上班|延保|warranty|"
    r"guarantee|for the (?:past|last)|been)[^，。,;；]{0,8}$",
    re.IGNORECASE,
)
_SPEC_AFTER = re.compile(
    r"[的 ]{0,2}(?:质保|保修|账期|分期|免息|租期|延保|多?没|了(?!解)|前(?!交|到|装)|warranty|old|"
    r"ago|of experience|guarantee)",
    re.IGNORECASE,
)


def find_times(text: str, now: datetime) -> list[TimeSpan]:
    """Every time in `text`, left to right, not overlapping, relative to the naive local minute `now`.

    A day and a clock time beside it are one datetime; a clock time alone has kind `time` and iso `T15:00`; a
    part of the day alone (明天上午) leaves the date. Past times (去年) and habits (每周一) are left out.
    """
    plain = fold(text)
    today = now.date()
    days = choose([*pieces_zh(plain, today), *pieces_en(plain, today)])
    rest = _without(plain, days)
    clocks = choose([*clocks_zh(rest), *clocks_en(rest)])
    return [_cut(piece, plain, text) for piece in _combine(days, clocks, plain)]


def timeline_of(text: str, now: datetime) -> TimeSpan | None:
    """When the customer wants the goods: a limit (年底前, by March) first, else any date or month.

    Times of meetings are left out, dates without a word of need, and durations that nothing
    makes a limit (24个月质保).
    """
    spans = [
        span
        for span in find_times(text, now)
        if span.kind not in ("time", "datetime") and not _is_spec(span, text)
    ]
    limits = [span for span in spans if span.bound]
    if limits:
        return limits[0]
    plain = [span for span in spans if span.kind != "duration"]
    if not plain or _BUSY.search(text):
        return None
    dated = plain[0].kind in ("date", "week") and not _MIDDLE.search(plain[0].text)
    met = _MEETING.search(text) and not _DELIVERY.search(text)
    wanted = len(text) - len(plain[0].text) <= 2 or _NEED.search(text)
    return None if dated and (met or not wanted) else plain[0]


def demo_time_of(text: str, now: datetime, earlier: str | None = None) -> TimeSpan | None:
    """The date or date-time of a meeting in `text`; of several the last complete one.

    A clock time alone is set on the day of `earlier` (the demo time known so far); without one, on today or,
    where that time has passed, tomorrow.
    """
    spans = find_times(text, now)
    dated = [span for span in spans if span.kind == "datetime"] or [
        span for span in spans if span.kind == "date"
    ]
    if dated:
        return dated[-1]
    clocks = [span for span in spans if span.kind == "time"]
    if not clocks:
        return None
    clock = clocks[-1]
    if earlier:
        return clock._replace(kind="datetime", iso=earlier[:10] + clock.iso)
    moment = datetime.fromisoformat(now.date().isoformat() + clock.iso)
    if moment <= now:
        moment = datetime.fromordinal(now.toordinal() + 1).replace(hour=moment.hour, minute=moment.minute)
    return clock._replace(kind="datetime", iso=moment.isoformat(timespec="minutes"))


def is_meeting_talk(text: str) -> bool:
    """Whether the words speak of a visit, a demo, a meeting or a call: a date here is a `demo_time`."""
    return _MEETING.search(text) is not None


def _without(plain: str, days: list[Piece]) -> str:
    """The text with every day as 日日日, so that the 二 of 周二十点 is no part of an hour."""
    chars = list(plain)
    for day in days:
        chars[day.start : day.end] = "日" * (day.end - day.start)
    return "".join(chars)


def _combine(days: list[Piece], clocks: list[Piece], plain: str) -> list[Piece]:
    """Joins a date and the time of day next to it."""
    pieces = sorted([*days, *clocks], key=lambda piece: piece.start)
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and {last.kind, piece.kind} == {"date", "time"} and _touch(plain, last.end, piece.start):
            date_iso, clock = (last.iso, piece.iso) if last.kind == "date" else (piece.iso, last.iso)
            joined[-1] = Piece(
                "datetime", date_iso + _afternoon(plain, last, piece, clock), last.start, piece.end
            )
        else:
            joined.append(piece)
    return joined


def _touch(plain: str, end: int, start: int) -> bool:
    return start - end < 20 and _GAP.fullmatch(plain, end, start) is not None


def _afternoon(plain: str, last: Piece, piece: Piece, clock: str) -> str:
    """The clock, moved by the part of the day said between: tomorrow evening at 8."""
    between = plain[max(last.start, last.end - 1) : piece.start].lower()
    hour = int(clock[1:3])
    late = re.search("下|午后|傍晚|晚|夜|afternoon|evening", between)
    return f"T{hour + 12:02d}{clock[3:]}" if late and hour < 12 else clock


def _cut(piece: Piece, plain: str, text: str) -> TimeSpan:
    end = piece.end
    kind: Kind = piece.kind
    limit: Bound = piece.bound
    if kind == "date":
        part = _PART_AFTER.match(plain, end)
        end = part.end() if part else end
    after = _BY_AFTER.match(plain, end)
    if after and not limit:
        limit, end = "by", after.end()
    return TimeSpan(kind, piece.iso, text[piece.start : end], piece.start, end, limit)


def _is_spec(span: TimeSpan, text: str) -> bool:
    """Whether a duration is a warranty, an age or a past, not a wish."""
    if span.kind != "duration":
        return False
    return bool(_PAST.search(text[max(0, span.start - 14) : span.start]) or _SPEC_AFTER.match(text, span.end))
