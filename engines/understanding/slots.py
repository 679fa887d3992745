"""Slot mentions in the taxonomy's normal forms: the rule readers' values and the tagger's spans joined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from core.types import Mention
from engines.normalise.dates import TimeSpan
from engines.normalise.quantity import bare as bare_quantity
from engines.normalise.time import demo_time_of, is_meeting_talk, timeline_of
from engines.understanding.answers import ANSWERING, SHORT, WORDED, answer_core, trim
from engines.understanding.lexicon import Hit, Lexicon
from engines.understanding.people import name_lead, split_title
from engines.understanding.roles import find_role, find_term, names_chief
from engines.understanding.sight import Sight
from engines.understanding.spans import Span, Tagging
from engines.understanding.text import fold, language
from engines.words import whole_words

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
WHOLE = frozenset({"industry", "application", "customization", "title"})
"""Slots whose values are common words, which a span may have cut."""
LISTED = ("customization",)
"""Slots that may hold several wishes at once."""
_REPLACED = re.compile(r"\s*(?:换成|改成|改为|换为|改到|changed to)\s*")
SURE = 0.5
"""Confidence from which a tagged span is believed."""
CERTAIN = 0.75
"""Confidence from which a wording that no rule classes is believed to be about who decides."""
LEAVE = 0.25
"""Chance by the tagger from which a rule reader's value is taken."""
LEAVES = {"timeline": 0.1, "decision_role": 0.5}
"""The same for slots whose rule readers are right more often, or less, than others'; chosen on development data."""
_IDLE = frozenset({"out_of_scope", "chitchat", "repeat"})
"""Intents whose numbers, times and places say nothing of the deal."""
_THROWN_OUT = re.compile(
    r"(?:不是|勿是|弗是|唔系|唔是|不四|并非|不要|勿要|不用|没要|没说(?:要|是)?|哪有|别再?要|改掉|去掉|取消"
    r"|not|isn't|wasn't|never said|don't want|instead of|rather than|no longer)"
    r"\s*(?:我?说|要|在|the|a|an|to|in|我们是?)?\s*$",
    re.IGNORECASE,
)
_SHORT_TITLES = frozenset("工总")
_POLITE = frozenset({"mr", "mrs", "ms", "miss", "先生", "女士", "小姐"})
_KEPT_IDLE = frozenset({"product", "phone", "email", "contact_name", "company", "decision_role"})


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
        return slot == self.expecting or self.tagging.chance(slot, start, end) >= LEAVES.get(slot, LEAVE)

    def is_open(self, start: int, end: int) -> bool:
        """Whether or not: 分期不分期的后面再讲 is no wish."""
        text, said = self.sight.text, self.sight.text[start:end]
        return text.startswith(f"不{said}", end) or text.endswith(f"{said}不", 0, start)

    def _is_rivals(self, start: int) -> bool:
        """Whether what begins here is another maker's, its name and perhaps 的 just before."""
        before = self.sight.text[:start].rstrip(" 的家")
        rivals = [hit.end for hit in self.sight.known if hit.kind == "competitor"]
        rivals += [span.end for span in self.spans if span.slot in ("competitor", "current_supplier")]
        return len(before) in rivals

    def _quantities(self) -> Iterator[Mention]:
        for quantity in self.sight.quantities:
            counts = any(0 <= link.start - quantity.end <= 1 for link in self.sight.links)
            if counts or self.believed("quantity", quantity.start, quantity.end):
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
        if demo.kind == "datetime" and _TO_THE_PLACE.search(self.sight.text):
            return True
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
            if span.slot in FREE and span.slot not in LISTED and span.confidence >= SURE:
                yield from self._normal_form(span)
        for slot in LISTED:
            yield from self._list(slot)
        yield from self._by_rule_alone()

    def _list(self, slot: str) -> Iterator[Mention]:
        """Several wishes of one slot as one value: 接我们的MES,外壳换成白色."""
        found = [span for span in self.spans if span.slot == slot and span.confidence >= SURE]
        parts = [mention for span in found for mention in self._normal_form(span)]
        if parts:
            value = ",".join(str(part.value) for part in parts)
            sure = min(part.confidence for part in parts)
            yield self.mention(slot, value, parts[0].start, parts[-1].end, sure)

    def _normal_form(self, span: Span) -> Iterator[Mention]:
        start, end = span.start, span.end
        if span.slot in WHOLE and language(self.sight.text) == "zh":
            start, end = whole_words(self.sight.text, start, end)
        start, end = trim(self.sight.text, start, end)
        if start >= end:
            return
        said = self.sight.text[start:end]
        if self.is_open(start, end):
            return
        if span.slot == "contact_name":
            yield from self._name(start, end, span.confidence)
            return
        value = self._value(span.slot, said, span.confidence)
        if value is not None:
            yield self.mention(span.slot, value, start, end, span.confidence)

    def _value(self, slot: str, said: str, confidence: float) -> str | None:
        """The normal form of a tagged wording; None where the wording is too little to be believed."""
        if slot == "decision_role":
            return self._role(said, confidence)
        if slot == "payment_term":
            found = find_term(said)
            return found.value if found else said
        if (len(said) < 2 and said not in _SHORT_TITLES) or said.rstrip(".").lower() in _POLITE:
            return None
        return self.canonical(slot, said)

    def _role(self, said: str, confidence: float) -> str | None:
        found = find_role(said) or self.sight.role
        if found is not None:
            return found.value
        if "wrong_person" in self.intents:
            return "none"
        return "influencer" if names_chief(said) or confidence >= CERTAIN else None

    def _name(self, start: int, end: int, confidence: float) -> Iterator[Mention]:
        start += len(name_lead(self.sight.text[start:end]))
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
            if hit.kind == "competitor":
                yield from self._rival(hit)
        role, term = self.sight.role, self.sight.term
        told = role and (
            "wrong_person" in self.intents or self.believed("decision_role", role.start, role.end)
        )
        if role and told and "decision_role" not in slots:
            yield self.mention("decision_role", role.value, role.start, role.end, 0.7)
        told = term and self.believed("payment_term", term.start, term.end)
        if term and told and "payment_term" not in slots and not self.is_open(term.start, term.end):
            yield self.mention("payment_term", term.value, term.start, term.end, 0.7)

    def _rival(self, hit: Hit) -> Iterator[Mention]:
        """A known competitor: one that the customer uses already is the current supplier, too or instead."""
        value = self.canonical("competitor", self.sight.text[hit.start : hit.end])
        tagged = self.tagged_as(hit.start, hit.end)
        if tagged != "current_supplier" or "compare_competitor" in self.intents:
            yield self.mention("competitor", value, hit.start, hit.end, 0.8)
        if self.tagging.chance("current_supplier", hit.start, hit.end) >= LEAVE:
            yield self.mention("current_supplier", value, hit.start, hit.end, 0.6)

    def canonical(self, slot: str, said: str) -> str:
        """The written form that was meant; competitors by their canonical name in Chinese speech."""
        meant = self.lexicon.heard_as(slot, said) or said
        if slot in ("competitor", "current_supplier") and language(self.sight.text) == "zh":
            return self.lexicon.canonical("competitor", meant) or meant
        return meant

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
        """A short answer in words, its fillers left off; nothing where the words are no answer."""
        core = answer_core(self.sight.text) if set(self.intents[:1]) <= ANSWERING else None
        if core is not None:
            yield self.mention(slot, self.canonical(slot, self.sight.text[slice(*core)]), *core, 0.6)


_TO_THE_PLACE = re.compile(
    r"[去到来过].{0,4}(?:展厅|你们|贵司|现场|公司|门店|店里)|参观|\b(?:visit|come (?:by|over|to)|showroom)\b",
    re.I,
)
"""Words of coming over: an hour beside them is that of a visit."""


def _plain(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value


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
    return [
        mention.model_copy(update={"negated": True}) if _is_thrown_out(text, mention, chosen) else mention
        for mention in chosen
    ]


def _is_thrown_out(text: str, mention: Mention, all_of: Sequence[Mention]) -> bool:
    """不是二十台; or the R20 of R20换成C5, where a value of the same slot takes its place."""
    low = fold(text)
    if _THROWN_OUT.search(low, 0, mention.start):
        return True
    replaced = _REPLACED.match(low, mention.end)
    return replaced is not None and any(
        other.slot == mention.slot and other.start == replaced.end() for other in all_of
    )
