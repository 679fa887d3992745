"""Slot mentions in the taxonomy's normal forms: the rule readers' values and the tagger's spans joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from core.types import Mention
from engines.normalise.dates import TimeSpan
from engines.normalise.quantity import bare as bare_quantity
from engines.normalise.time import demo_time_of, is_meeting_talk, timeline_of
from engines.understanding.lexicon import Lexicon
from engines.understanding.people import split_title
from engines.understanding.roles import find_role, find_term
from engines.understanding.sight import Sight
from engines.understanding.spans import Span, Tagging
from engines.understanding.text import fold, language

FREE = (
    "industry",
    "application",
    "customization",
    "company",
    "contact_name",
    "title",
    "competitor",
    "current_supplier",
    "decision_role",
    "payment_term",
)
"""Slots that the tagger finds."""
SURE = 0.4
"""Confidence from which a tagged span is believed."""
LEAVE = 0.25
"""Chance by the tagger from which a rule reader's value is taken."""
_IDLE = frozenset({"out_of_scope", "chitchat"})
_KEPTLEAVE = 0.25
"""Chance by the tagger from which a rule reader's value is taken."""
_IDLE = frozenset({"product", "phone", "email", "contact_name", "company", "decision_role"})
_THROWN_OUT = re.compile(
    r"(?:不是|并非|不要|不用|没要|没说(?:要|是)?|哪有|别再?要|改掉|去掉|取消|not|isn't|wasn't|never said|don't want|"
    r"instead of|rather than|no longer)\s*(?:我?说|要|在|the|a|an|to|in|我们是?)?\s*$",
    re.IGNORECASE,
)
_KEPT_IDLE = frozenset({"product", "phone", "email", "contact_name", "company", "decision_role"})
_EDGES = " \t,，。.;；、:：!！?？\"'“”()（）"
SHORT = 24
"""Code points up to which an utterance may be a bare answer."""
WORDED = frozenset(
    {"industry", "application", "customization", "company", "contact_name", "title", "location"}
)
"""Slots that a bare answer in free words may fill."""
_ANSWERING = frozenset({"inform", "affirm", "out_of_scope", "chitchat", "ask_case", "request_material"})
_FILLED = re.compile(
    r"(?:嗯+|呃+|啊+|哦+|那个|就是|对|是的?|我们?(?:这边)?(?:是|在|做|要|想)*|做|叫"
    r"|we(?:'re| are)? (?:in|do|make)|it's|it is|in|for|mainly|[\s,，。.、])*"
    r"(?P<core>.*?)(?:行业|这一?块|方面|吧|呢|啊|呀|的|了|用的|[\s,，。.!！])*",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"不|没|不?知道|不清楚|随便|都行|都可以|好|行|可以|对|是|嗯|你猜|什么|怎么.*|为什么.*|干嘛.*"
    r"|yes|no|ok(?:ay)?|sure|not sure|none|nothing|don't know|whatever|any(?:thing)?",
    re.IGNORECASE,
)


def read_slots(
    sight: Sight,
    tagging: Tagging,
    intents: Sequence[str],
    now: datetime,
    *,
    expecting: str | None,
    lexicon: Lexicon,
) -> list[Mention]:
    """Every mention in the order said; of one slot none overlap."""
    reading = _Reading(sight, tagging, tuple(intents), now, expecting, lexicon)
    found = [*reading.ruled(), *reading.tagged()]
    if expecting and not any(mention.slot == expecting for mention in found):
        found += reading.bare_answer(found)
    if intents and intents[0] in _IDLE and not expecting:
        found = [mention for mention in found if mention.slot in _KEPT_IDLE]
    return _settle(sight.text, found)


class _Reading:
    """One utterance on its way from sight and spans to mentions."""

    def __init__(
        self,
        sight: Sight,
        tagging: Tagging,
        intents: tuple[str, ...],
        now: datetime,
        expecting: str | None,
        lexicon: Lexicon,
    ) -> None:
        self.sight, self.tagging, self.intents = sight, tagging, intents
        self.spans = tagging.spans
        self.now, self.expecting, self.lexicon = now, expecting, lexicon

    def mention(self, slot: str, value: Any, start: int, end: int, confidence: float = 0.9) -> Mention:
        text = self.sight.text[start:end]
        return Mention(slot=slot, value=value, text=text, start=start, end=end, confidence=confidence)

    def tagged_as(self, start: int, end: int) -> str | None:
        """The slot that the tagger gives to most of a stretch."""
        overlaps = {
            span.slot: min(end, span.end) - max(start, span.start)
            for span in self.spans
            if span.start < end and start < span.end
        }
        return max(overlaps, key=overlaps.__getitem__) if overlaps else None

    def ruled(self) -> Iterator[Mention]:
        """Mentions whose values the rule readers give."""
        for link in self.sight.links:
            if self._is_rivals(link.start):
                continue
            yield self.mention("product", link.product, link.start, link.end, link.confidence)
        for phone in self.sight.phones:
            yield self.mention("phone", phone.value, phone.start, phone.end, 0.98)
        for email in self.sight.emails:
            yield self.mention("email", email.value, email.start, email.end, 0.98)
        yield from self._quantities()
        yield from self._budget()
        yield from self._payload()
        yield from self._times()
        yield from self._places()

    def believed(self, slot: str, start: int, end: int) -> bool:
        """Whether the tagger allows a rule reader's value; an asked-for slot needs no leave."""
        return slot == self.expecting or self.tagging.chance(slot, start, end) >= LEAVE

    def _is_rivals(self, start: int) -> bool:
        """Whether what begins here is another maker's: 川崎的焊接机器人."""
        before = self.sight.text[:start].rstrip(" 的家")
        rivals = [hit.end for hit in self.sight.known if hit.kind == "competitor"]
        rivals += [span.end for span in self.spans if span.slot in ("competitor", "current_supplier")]
        return len(before) in rivals

    def _quantities(self) -> Iterator[Mention]:
        for quantity in self.sight.quantities:
            if self.believed("quantity", quantity.start, quantity.end):
                yield self.mention("quantity", quantity.value, quantity.start, quantity.end)

    def _budget(self) -> Iterator[Mention]:
        budget = self.sight.budget
        if budget is None:
            return
        yield self.mention("budget", budget.value, budget.start, budget.end)
        for money in self.sight.money:
            apart = money.end <= budget.start or budget.end <= money.start
            if apart and _THROWN_OUT.search(self.sight.text, 0, money.start):
                yield self.mention("budget", money.value, money.start, money.end)

    def _payload(self) -> Iterator[Mention]:
        for measure in self.sight.measures:
            if measure.dimension == "mass":
                yield self.mention("payload_kg", _plain(measure.value), measure.start, measure.end)

    def _times(self) -> Iterator[Mention]:
        """The time of a meeting, and when the goods are wanted; the tagger tells which a time is."""
        text, chance = self.sight.text, self.tagging.chance
        demo = demo_time_of(text, self.now)
        timeline = timeline_of(text, self.now)
        if demo and not self._is_demo(demo, timeline):
            demo = None
        if demo:
            yield self.mention("demo_time", demo.iso, demo.start, demo.end)
        wanted = [timeline] if timeline else []
        wanted += [span for span in self.sight.times if chance("timeline", span.start, span.end) >= SURE]
        for span in wanted:
            apart = demo is None or span.end <= demo.start or demo.end <= span.start
            if apart and self.believed("timeline", span.start, span.end):
                yield self.mention("timeline", span.iso, span.start, span.end)
        for span in self.sight.times:
            if _THROWN_OUT.search(text, 0, span.start) and chance("demo_time", span.start, span.end) >= LEAVE:
                yield self.mention("demo_time", span.iso, span.start, span.end)

    def _is_demo(self, demo: TimeSpan, timeline: TimeSpan | None) -> bool:
        """Whether a day or hour is that of a meeting."""
        if self.expecting in ("demo_time", "timeline"):
            return self.expecting == "demo_time"
        meets = self.tagging.chance("demo_time", demo.start, demo.end)
        wants = self.tagging.chance("timeline", demo.start, demo.end)
        if "request_demo" in self.intents or is_meeting_talk(self.sight.text):
            return meets + 0.3 >= wants and not (timeline and timeline.bound and timeline.start == demo.start)
        return meets >= LEAVE and meets >= wants

    def _places(self) -> Iterator[Mention]:
        for place in self.sight.places:
            if self.believed("location", place.start, place.end):
                yield self.mention("location", place.name, place.start, place.end, 0.85)

    def tagged(self) -> Iterator[Mention]:
        """Mentions that the tagger finds, brought to their normal forms."""
        for span in self.spans:
            if span.slot in FREE and span.confidence >= SURE:
                yield from self._normal_form(span)
        yield from self._by_rule_alone()

    def _normal_form(self, span: Span) -> Iterator[Mention]:
        start, end = _trim(self.sight.text, span.start, span.end)
        if start >= end:
            return
        said = self.sight.text[start:end]
        if span.slot == "contact_name":
            yield from self._name(start, end, span.confidence)
            return
        value = _CLASSES.get(span.slot, _as_said)(self, span.slot, said)
        yield self.mention(span.slot, value, start, end, span.confidence)

    def _name(self, start: int, end: int, confidence: float) -> Iterator[Mention]:
        said = self.sight.text[start:end]
        name_end, title_end = split_title(said)
        yield self.mention("contact_name", said[:name_end], start, start + name_end, confidence)
        if title_end > name_end:
            yield self.mention(
                "title", said[name_end:title_end], start + name_end, start + title_end, confidence
            )

    def _by_rule_alone(self) -> Iterator[Mention]:
        """What is certain without the tagger: 我姓王, a known competitor, who decides, 分期."""
        slots = {span.slot for span in self.spans if span.confidence >= SURE}
        for person in self.sight.people:
            if person.own and "contact_name" not in slots:
                yield self.mention("contact_name", self.sight.text[slice(*person.name)], *person.name, 0.9)
        for hit in self.sight.known:
            if hit.kind == "competitor" and self.tagged_as(hit.start, hit.end) is None:
                value = self.canonical("competitor", self.sight.text[hit.start : hit.end])
                yield self.mention("competitor", value, hit.start, hit.end, 0.8)
        role, term = self.sight.role, self.sight.term
        if role and "decision_role" not in slots and self.believed("decision_role", role.start, role.end):
            yield self.mention("decision_role", role.value, role.start, role.end, 0.7)
        if term and "payment_term" not in slots and self.believed("payment_term", term.start, term.end):
            yield self.mention("payment_term", term.value, term.start, term.end, 0.7)

    def canonical(self, slot: str, said: str) -> str:
        """The written form that was meant; competitors by their canonical name in Chinese speech."""
        meant = self.lexicon.heard_as(slot, said) or said
        if slot in ("competitor", "current_supplier") and language(self.sight.text) == "zh":
            return self.lexicon.canonical("competitor", meant) or meant
        return meant

    def role(self, said: str) -> str:
        found = find_role(said)
        if found is not None:
            return found.value
        if "wrong_person" in self.intents:
            return "none"
        return self.sight.role.value if self.sight.role else "influencer"

    def bare_answer(self, found: Sequence[Mention]) -> Iterator[Mention]:
        """The whole of a short utterance as the value that the robot has just asked for."""
        text = self.sight.text
        if self.expecting == "quantity" and (count := bare_quantity(text)):
            yield self.mention("quantity", count.value, count.start, count.end)
        elif self.expecting == "budget" and self.sight.money:
            money = self.sight.money[0]
            yield self.mention("budget", money.value, money.start, money.end, 0.8)
        elif self.expecting == "payload_kg" and len(self.sight.numbers) == 1 and len(text) <= SHORT:
            number = self.sight.numbers[0]
            yield self.mention("payload_kg", _plain(number.value), number.start, number.end, 0.7)
        elif self.expecting in ("timeline", "demo_time") and self.sight.times:
            time = self.sight.times[0]
            yield self.mention(self.expecting, time.iso, time.start, time.end, 0.7)
        elif self.expecting in WORDED and not found:
            yield from self._worded(self.expecting)

    def _worded(self, slot: str) -> Iterator[Mention]:
        """A short answer in words, its fillers left off; nothing where it is a question, a refusal or a sound."""
        if len(self.sight.text) > SHORT or not set(self.intents[:1]) <= _ANSWERING:
            return
        core = _FILLED.fullmatch(self.sight.text)
        if core is None or not core.group("core") or _EMPTY.fullmatch(core.group("core")):
            return
        start, end = _trim(self.sight.text, *core.span("core"))
        if start < end:
            yield self.mention(slot, self.canonical(slot, self.sight.text[start:end]), start, end, 0.6)


def _as_said(reading: _Reading, slot: str, said: str) -> str:
    return reading.canonical(slot, said)


def _as_role(reading: _Reading, slot: str, said: str) -> str:
    return reading.role(said)


def _as_term(reading: _Reading, slot: str, said: str) -> str:
    found = find_term(said)
    return found.value if found else said


_CLASSES: dict[str, Callable[[_Reading, str, str], str]] = {
    "decision_role": _as_role,
    "payment_term": _as_term,
}


def _plain(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGES:
        start += 1
    while start < end and text[end - 1] in _EDGES:
        end -= 1
    return start, end


def _settle(text: str, mentions: Iterable[Mention]) -> list[Mention]:
    """The surest of overlapping mentions of one slot, in the order said; what a correction throws out is negated."""
    chosen: list[Mention] = []
    for mention in sorted(mentions, key=lambda each: (-each.confidence, each.start)):
        if not any(
            each.slot == mention.slot and each.start < mention.end and mention.start < each.end
            for each in chosen
        ):
            chosen.append(mention)
    chosen.sort(key=lambda each: (each.start, each.end, each.slot))
    low = fold(text)
    return [
        mention.model_copy(update={"negated": True}) if _THROWN_OUT.search(low, 0, mention.start) else mention
        for mention in chosen
    ]
