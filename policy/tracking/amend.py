"""A part of a value said again: the last digits of a number, another hour of the same day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.types import Mention, SlotChange
from engines.normalise.digits import digit_runs
from engines.normalise.time import find_times
from engines.tracking.base import TrackView
from policy.cues import DAY_SAID, HALF_OF_DAY, MOVED, SAME_TIME, TAIL_OF_NUMBER, spoken


def phone_tail(view: TrackView) -> list[SlotChange]:
    """尾号不是四四二幺,是四四幺二: the held number with its end replaced by the last digits said."""
    held = view.slots.get("phone")
    whole = any(mention.slot == "phone" for mention in view.understanding.mentions)
    if held is None or not isinstance(held.value, str) or whole or not spoken(TAIL_OF_NUMBER, view.text):
        return []
    runs = [run for run in digit_runs(view.text) if 2 <= len(run.digits) < len(held.value)]
    if not runs:
        return []
    tail = runs[-1]
    number = held.value[: -len(tail.digits)] + tail.digits
    words = view.text[tail.start : tail.end]
    return [SlotChange(slot="phone", value=number, text=words, start=tail.start, end=tail.end)]


def moved_time(view: TrackView, mention: Mention) -> Any:
    """A time agreed on and said anew in part: another hour keeps the day, another day of the same hour the hour."""
    held = view.slots.get("demo_time")
    if held is None or not isinstance(held.value, str) or not isinstance(mention.value, str):
        return mention.value
    day, _, hour = mention.value.partition("T")
    old_day, _, old_hour = held.value.partition("T")
    if hour and not spoken(DAY_SAID, mention.text):
        return f"{old_day}T{_as_before(mention.text, hour, old_hour)}"
    same_day = day == old_day or spoken(SAME_TIME, view.text) or spoken(MOVED, view.text)
    if not hour and old_hour and same_day:
        return f"{day}T{old_hour}"
    return mention.value


def moved_hour(view: TrackView) -> list[SlotChange]:
    """Actually, make it 10 am: an hour alone moves what is booked, whatever was asked last."""
    told = any(mention.slot == "demo_time" for mention in view.understanding.mentions)
    if told or not view.booked or not spoken(MOVED, view.text):
        return []
    held = view.slots.get("demo_time")
    said = [span for span in find_times(view.text, view.now) if span.kind == "time"]
    if not said or held is None or not isinstance(held.value, str):
        return []
    last, (day, _, hour) = said[-1], held.value.partition("T")
    value = f"{day}T{_as_before(last.text, last.iso.removeprefix('T'), hour)}"
    return [SlotChange(slot="demo_time", value=value, text=last.text, start=last.start, end=last.end)]


def _as_before(words: str, hour: str, old_hour: str) -> str:
    """A bare hour of the half of the day that was agreed on: 两点 in the afternoon, then 四点, is 16:00."""
    if spoken(HALF_OF_DAY, words):
        return hour
    new, old = datetime.strptime(hour, "%H:%M"), datetime.strptime(old_hour or hour, "%H:%M")
    return f"{new.hour + 12:02}:{new:%M}" if new.hour < 8 and old.hour >= 12 else hour
