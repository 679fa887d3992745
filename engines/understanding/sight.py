"""What the rule readers see in an utterance, read once and shared by classifier, tagger and slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engines.normalise.contact import Contact, find_emails, find_phones
from engines.normalise.dates import TimeSpan
from engines.normalise.money import Money, find_budget, find_money
from engines.normalise.numbers import Number, find_numbers
from engines.normalise.places import Place, find_places
from engines.normalise.quantity import Quantity, find_quantities
from engines.normalise.time import find_times
from engines.understanding.features import Utterance
from engines.understanding.lexicon import Hit, Lexicon
from engines.understanding.measures import Measure, find_measures
from engines.understanding.people import Person, find_people
from engines.understanding.products import Link, ProductLinker
from engines.understanding.roles import Class, find_role, find_term

_MASKED = ("product", "phone", "email", "competitor", "place", "time", "money", "number")
"""Kinds that the masked text shows as such; an earlier kind wins where two overlap."""


class Stretch(Protocol):
    """Anything with a place in the text (code points)."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


@dataclass(frozen=True)
class Sight:
    """An utterance and all that the rule readers find in it."""

    text: str
    links: tuple[Link, ...]
    numbers: tuple[Number, ...]
    measures: tuple[Measure, ...]
    quantities: tuple[Quantity, ...]
    money: tuple[Money, ...]
    budget: Money | None
    times: tuple[TimeSpan, ...]
    phones: tuple[Contact, ...]
    emails: tuple[Contact, ...]
    places: tuple[Place, ...]
    people: tuple[Person, ...]
    role: Class | None
    term: Class | None
    known: tuple[Hit, ...]
    """Values of the pack's lexicon."""

    def hits(self) -> list[Hit]:
        """Everything seen, for the tagger's features."""
        kinds: dict[str, Sequence[Stretch]] = {
            "product": self.links,
            "number": self.numbers,
            "measure": self.measures,
            "quantity": self.quantities,
            "money": self.money,
            "time": self.times,
            "phone": self.phones,
            "email": self.emails,
            "place": self.places,
        }
        found = [Hit(kind, each.start, each.end) for kind, all_of in kinds.items() for each in all_of]
        found += [Hit(f"known_{hit.kind}", hit.start, hit.end) for hit in self.known]
        found += [Hit("person", *person.name) for person in self.people]
        found += [Hit("title", *person.title) for person in self.people if person.title]
        for kind, one in (("budget", self.budget), ("role", self.role), ("term", self.term)):
            if one is not None:
                found.append(Hit(kind, one.start, one.end))
        return found

    def utterance(self, start: int = 0, end: int | None = None) -> Utterance:
        """The text from `start` to `end` and its masked form, for the classifier."""
        end = len(self.text) if end is None else end
        known = [hit for hit in self.known if hit.kind == "competitor"]
        stretches: dict[str, Sequence[Stretch]] = {
            "product": [link for link in self.links if link.product],
            "competitor": known,
            "phone": self.phones,
            "email": self.emails,
            "place": self.places,
            "time": self.times,
            "money": self.money,
            "number": self.numbers,
        }
        chosen: list[tuple[int, int, str]] = []
        for kind in _MASKED:
            for each in stretches[kind]:
                apart = all(each.end <= first or last <= each.start for first, last, _ in chosen)
                if apart and start <= each.start and each.end <= end:
                    chosen.append((each.start, each.end, kind))
        masked = self.text[:end]
        for first, last, kind in sorted(chosen, reverse=True):
            masked = f"{masked[:first]}<{kind}>{masked[last:]}"
        return Utterance(self.text[start:end], masked[start:])


def look(text: str, now: datetime, linker: ProductLinker, lexicon: Lexicon, units: tuple[str, ...]) -> Sight:
    """Run every rule reader over `text`; `units` are the catalogue's counting words."""
    return Sight(
        text=text,
        links=tuple(linker.link(text)),
        numbers=tuple(find_numbers(text)),
        measures=tuple(find_measures(text)),
        quantities=tuple(find_quantities(text, units)),
        money=tuple(find_money(text)),
        budget=find_budget(text),
        times=tuple(find_times(text, now)),
        phones=tuple(find_phones(text)),
        emails=tuple(find_emails(text)),
        places=tuple(find_places(text)),
        people=tuple(find_people(text)),
        role=find_role(text),
        term=find_term(text),
        known=tuple(lexicon.hits(text)),
    )
