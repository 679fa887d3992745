"""Slot mentions in the taxonomy's normal forms: the rule readers' values and the tagger's spans joined."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from core.types import Mention
from engines.normalise.counts import find_counts
from engines.normalise.dates import TimeSpan
from engines.normalise.quantity import Quantity
from engines.normalise.quantity import bare as bare_quantity
from engines.normalise.time import demo_time_of, is_meeting_talk, timeline_of
from engines.understanding.answers import (
    ANSWERING,
    SHORT,
    WORDED,
    answer_core,
    has_figure,
    is_question,
    looked_at,
    trim,
)
from engines.understanding.content import is_hollow
from engines.understanding.denials import THROWN_OUT, is_thrown_out
from engines.understanding.employers import find_employer, whole_name
from engines.understanding.lexicon import Hit, Lexicon
from engines.understanding.people import name_lead, split_title
from engines.understanding.rivals import is_connected, only_offers
from engines.understanding.roles import find_instrument, find_role, find_term, is_surely_told, names_chief
from engines.understanding.sight import Sight, Stretch
from engines.understanding.signed import find_signature
from engines.understanding.spans import Span, Tagging
from engines.understanding.text import language
from engines.understanding.trade import find_trade
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
_IDLY = 0.5
"""Confidence of such an intent from which it is believed; an utterance that was rejected has less."""
_KEPT_IDLE = frozenset({"product", "phone", "email", "contact_name", "company", "decision_role"})
_COUNTED = frozenset({"budget", "payload_kg", "timeline", "demo_time", "phone"})
"""Slots that a bare number answers, so that it is no quantity where one of them was asked for."""
_PASSING = frozenset({"timeline", "demo_time", "location"})
"""Slots that a line beside the talk mentions without a word about the deal."""
_MOVES = re.compile(
    r"\b(?:make|move|shift|change|push) (?:it|that|this)\b|改[到成为]?|换[到成]|挪到", re.IGNORECASE
)
_IN_NAMES = frozenset({"industry", "current_supplier"})
"""Slots whose words in the name of the customer's company are only a part of it."""
_JOINED = frozenset({"company", "contact_name"})
"""Slots whose spans are one name where they touch."""
_NOT_A_NAME = frozenset("小老")


def read_slots(
    sight: Sight,
    tagging: Tagging,
    intents: Sequence[str],
    now: datetime,
    *,
    expecting: str | None,
    lexicon: Lexicon,
    confidence: float = 1.0,
) -> list[Mention]:
    """Every mention in the order said; of one slot none overlap.

    `confidence` is that of the main intent, 0..1: talk beside the deal drops mentions only where it is surely such.
    """
    reading = _Reading(sight, tagging, tuple(intents), now, expecting, lexicon)
    found = [*reading.ruled(), *reading.tagged()]
    if expecting and not any(mention.slot == expecting for mention in found):
        found += reading.bare_answer(found)
    if intents and intents[0] in _IDLE and confidence >= _IDLY:
        found = _of_idle(sight.text, found, expecting)
    return _settle(sight.text, _outside_companies(found))


def _outside_companies(found: Sequence[Mention]) -> list[Mention]:
    """All mentions but the trades and makers in a company's name: the Dental Supplies of Alpine Dental Supplies."""
    firms = [mention for mention in found if mention.slot == "company"]
    return [mention for mention in found if mention.slot not in _IN_NAMES or not _lies_in(mention, firms)]


def _of_idle(text: str, found: Sequence[Mention], expecting: str | None) -> list[Mention]:
    """What an utterance beside the talk (明天苏州下雨不) says of the deal all the same."""
    goods = [mention for mention in found if mention.slot == "product" and mention.value is not None]
    if any(is_thrown_out(text, mention, found) for mention in goods):
        return list(found)
    asks = is_question(text)
    kept = set(_KEPT_IDLE)
    if expecting and not asks:
        kept |= {expecting, *(mention.slot for mention in found if mention.slot not in _PASSING)}
    if _MOVES.search(text) and not asks:
        kept.add("demo_time")
    return [mention for mention in found if mention.slot in kept or _lies_in(mention, goods)]


def _lies_in(mention: Mention, others: Sequence[Mention]) -> bool:
    return any(other.start <= mention.start and mention.end <= other.end for other in others)


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
        self.firm = find_employer(sight.text)

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
            if counts or self._is_wished(quantity) or self.believed("quantity", quantity.start, quantity.end):
                yield self.mention("quantity", quantity.value, quantity.start, quantity.end)
        yield from self._bare_quantities()

    def _is_wished(self, quantity: Quantity) -> bool:
        """来三打, or 两套 and nothing else: no leave of the tagger's is needed."""
        text = self.sight.text
        alone = not _ASIDE.sub("", text[: quantity.start] + text[quantity.end :])
        return alone or _WISHED.search(text, 0, quantity.start) is not None

    def _bare_quantities(self) -> Iterator[Mention]:
        """Counts without a word for the goods, where the number is nothing else."""
        sight = self.sight
        if self.expecting in _COUNTED or any(time.kind in _DATED for time in sight.times):
            return
        taken: list[Stretch] = [*sight.links, *sight.money, *sight.measures, *sight.times, *sight.phones]
        taken += [*sight.emails, *sight.quantities]
        for count in find_counts(sight.text):
            apart = all(count.end <= other.start or other.end <= count.start for other in taken)
            if apart and (count.text.isascii() or sight.quantities or self.expecting == "quantity"):
                yield self.mention("quantity", count.value, count.start, count.end, 0.8)

    def _budget(self) -> Iterator[Mention]:
        budget = self.sight.budget
        if budget is None:
            return
        yield self.mention("budget", budget.value, budget.start, budget.end)
        for money in self.sight.money:
            apart = money.end <= budget.start or budget.end <= money.start
            if apart and THROWN_OUT.search(self.sight.text, 0, money.start):
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
            needed = _NEEDED.match(text, span.end) or _DEADLINE.search(text)
            if _DISCUSSED.match(text, span.end):
                continue
            if apart and (needed or self.believed("timeline", span.start, span.end)):
                yield self.mention("timeline", span.iso, span.start, span.end)
        for span in self.sight.times:
            if THROWN_OUT.search(text, 0, span.start) and chance("demo_time", span.start, span.end) >= LEAVE:
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
            leads = self.firm is not None and place.start == self.firm[0] and place.end + 2 <= self.firm[1]
            if leads or self.believed("location", place.start, place.end):
                yield self.mention("location", place.name, place.start, place.end, 0.85)

    def tagged(self) -> Iterator[Mention]:
        """Mentions that the tagger finds, brought to their normal forms."""
        for span in self._joined():
            if span.slot in FREE and span.slot not in LISTED and span.confidence >= SURE:
                yield from self._normal_form(span)
        for slot in LISTED:
            yield from self._list(slot)
        yield from self._by_rule_alone()

    def _joined(self) -> list[Span]:
        """The tagger's spans; touching ones that are one name joined, a name cut short whole."""
        text = self.sight.text
        joined: list[Span] = []
        for span in self.spans:
            if span.slot in _JOINED:
                span = span._replace(end=whole_name(text, span.start, span.end))
            last = joined[-1] if joined else None
            if last and last.slot == span.slot in _JOINED and span.start <= last.end + 1:
                gap = text[last.end : span.start]
                if not gap.strip() and (gap or span.start <= last.end):
                    end, sure = max(last.end, span.end), max(last.confidence, span.confidence)
                    joined[-1] = last._replace(end=end, confidence=sure)
                    continue
            joined.append(span)
        return joined

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
        if span.slot == self.expecting == "application":
            start = looked_at(self.sight.text, start)
        start, end = trim(self.sight.text, start, end)
        if start >= end:
            return
        said = self.sight.text[start:end]
        if self.is_open(start, end):
            return
        if span.slot == "contact_name":
            yield from self._name(start, end, span.confidence)
            return
        if span.slot in _MAKERS and self._is_no_maker(span.slot, start, end):
            return
        value = self._value(span.slot, said, span.confidence)
        if value is not None:
            yield self.mention(span.slot, value, start, end, span.confidence)

    def _is_no_maker(self, slot: str, start: int, end: int) -> bool:
        """Whether a tagged maker is a system to connect to, or only offers where it is tagged as the supplier."""
        text = self.sight.text
        return is_connected(text, start) or (slot == "current_supplier" and only_offers(text, start, end))

    def _value(self, slot: str, said: str, confidence: float) -> str | None:
        """The normal form of a tagged wording; None where the wording is too little to be believed."""
        if slot == "decision_role":
            return self._role(said, confidence)
        if is_hollow(slot, said):
            return None
        if slot == "payment_term":
            found = find_term(said)
            return found.value if found else said
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
        if said in _NOT_A_NAME or self._led_by_title(start):
            return
        name_end, title_end = split_title(said)
        name = _written(said[:name_end])
        yield self.mention("contact_name", name, start, start + name_end, confidence)
        if title_end > name_end:
            yield self.mention(
                "title", said[name_end:title_end], start + name_end, start + title_end, confidence
            )

    def _led_by_title(self, start: int) -> bool:
        """Whether a tagged name begins with the 小 of 采购助理小温, which the rules read as 温."""
        led = any(person.title and person.title[1] == start < person.name[0] for person in self.sight.people)
        return led and self.sight.text[start : start + 1] in _NOT_A_NAME

    def _by_rule_alone(self) -> Iterator[Mention]:
        """What is certain without the tagger: 我姓王, a known competitor, who decides, 分期, 我们做月饼的."""
        slots = {span.slot for span in self.spans if span.confidence >= SURE}
        yield from self._people(slots)
        for hit in self.sight.known:
            if hit.kind == "competitor":
                yield from self._rival(hit)
        if "decision_role" not in slots:
            yield from self._ruled_role()
        if "payment_term" not in slots:
            yield from self._ruled_term()
        yield from self._employer()
        if "industry" not in slots:
            yield from self._trade()
        yield from self._misheard(slots)

    def _people(self, slots: Collection[str]) -> Iterator[Mention]:
        """The speaker's name: told as such, or standing alone beside a number or an address."""
        text, sight = self.sight.text, self.sight
        own = [person for person in sight.people if person.own]
        for person in own:
            if "contact_name" not in slots or (person.title and self._led_by_title(person.title[1])):
                yield self.mention("contact_name", _written(text[slice(*person.name)]), *person.name, 0.9)
            if person.title and "title" not in slots:
                yield self.mention("title", text[slice(*person.title)], *person.title, 0.8)
        if own or "contact_name" in slots:
            return
        named = find_signature(text, [*sight.phones, *sight.emails], [*sight.places, *sight.links])
        if named:
            yield self.mention("contact_name", _written(text[slice(*named)]), *named, 0.8)

    def _ruled_role(self) -> Iterator[Mention]:
        role = self.sight.role
        if role is None:
            return
        told = "wrong_person" in self.intents or is_surely_told(self.sight.text, role)
        if told or self.believed("decision_role", role.start, role.end):
            yield self.mention("decision_role", role.value, role.start, role.end, 0.7)

    def _ruled_term(self) -> Iterator[Mention]:
        term = self.sight.term
        if term and self.believed("payment_term", term.start, term.end) and not self.is_open(*term[1:]):
            yield self.mention("payment_term", term.value, term.start, term.end, 0.7)
        elif term is None and (paper := find_instrument(self.sight.text)):
            yield self.mention("payment_term", self.sight.text[slice(*paper)], *paper, 0.7)

    def _employer(self) -> Iterator[Mention]:
        """The company in 我是常州凯迈的采购, without the place that leads it."""
        if self.firm is None:
            return
        start, end = self.firm
        if any(place.start <= start and end <= place.end for place in self.sight.places):
            return
        place = next((place.end for place in self.sight.places if place.start == start), start)
        start = place if end - place >= 2 else start
        yield self.mention("company", self.sight.text[start:end], start, end, 0.95)

    def _trade(self) -> Iterator[Mention]:
        made = find_trade(self.sight.text)
        if made is None:
            return
        said = self.sight.text[slice(*made)]
        goods = any(link.start < made[1] and made[0] < link.end for link in self.sight.links)
        if not goods and self.lexicon.canonical("application", said) is None:
            yield self.mention("industry", self.canonical("industry", said), *made, 0.7)

    def _misheard(self, slots: Collection[str]) -> Iterator[Mention]:
        """A known value of a slot that a recogniser wrote otherwise: 码躲 for 码垛."""
        taken: list[Stretch] = [*self.sight.links, *self.sight.places]
        for hit in self.lexicon.misheard(self.sight.text, _HEARD):
            apart = all(hit.end <= other.start or other.end <= hit.start for other in taken)
            if apart and hit.kind not in slots:
                yield self.mention(hit.kind, hit.value, hit.start, hit.end, 0.6)

    def _rival(self, hit: Hit) -> Iterator[Mention]:
        """A known competitor: one that the customer uses already is the current supplier, too or instead."""
        if is_connected(self.sight.text, hit.start):
            return
        value = self.canonical("competitor", self.sight.text[hit.start : hit.end])
        tagged = self.tagged_as(hit.start, hit.end)
        offers = only_offers(self.sight.text, hit.start, hit.end)
        if offers or tagged != "current_supplier" or "compare_competitor" in self.intents:
            yield self.mention("competitor", value, hit.start, hit.end, 0.8)
        if not offers and self.tagging.chance("current_supplier", hit.start, hit.end) >= LEAVE:
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
        if core is None or self.sight.times or is_hollow(slot, self.sight.text[slice(*core)]):
            return
        if find_counts(self.sight.text) or has_figure(self.sight.text):
            return
        yield self.mention(slot, self.canonical(slot, self.sight.text[slice(*core)]), *core, 0.6)


_WISHED = re.compile(r"(?:来|拿|要|买|订|[加减凑降改提]到|改[成为]|上)(?:个|了)?$")
"""Words of wanting straight before a count."""
_ASIDE = re.compile(r"说错|不对|嗯+|呃+|哦+|啊+|那|就|先|改|吧|呢|了|的|对|好|行|[\s,，。.!！?？、~…-]")
"""What may stand beside a count that is all that is said."""
_DATED = frozenset({"date", "datetime", "time"})
_NEEDED = re.compile(r"(?:我们?)?(?:就|得|必须)(?:得|要|用|到)(?:用|货|到|上)?(?=$|[\s,，。.!！])")
_DEADLINE = re.compile(r"再晚|不能晚|来不及|赶不上|最[迟晚]|at the (?:very )?latest", re.IGNORECASE)
_DISCUSSED = re.compile(r"(?:我们?)?(?:要|再|会|有)?(?:开会|上会|开董事会|评审|讨论|碰头|例会)")
"""What follows a time at which the customer only talks it over."""
_HEARD = ("application", "industry")
_MAKERS = frozenset({"competitor", "current_supplier"})
_TO_THE_PLACE = re.compile(
    r"[去到来过].{0,4}(?:展厅|你们|贵司|现场|公司|门店|店里)|参观|\b(?:visit|come (?:by|over|to)|showroom)\b",
    re.I,
)
"""Words of coming over: an hour beside them is that of a visit."""


def _written(name: str) -> str:
    """A name as it is written: Tom for the tom of a recogniser; several words may be spelt out, and stay."""
    single = name.isascii() and name.islower() and name.isalpha()
    return name.capitalize() if single else name


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
        mention.model_copy(update={"negated": True}) if is_thrown_out(text, mention, chosen) else mention
        for mention in chosen
    ]
