"""The commitment guard: no sentence leaves that promises what the facts in force do not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from core.pack import Fact, Pack
from core.types import GuardResult, Quote, Situation, VerdictName, Violation
from policy.guard.check import Check
from policy.guard.evidence import Evidence
from policy.guard.read import Reading
from policy.guard.resolve_cases import resolve_cases
from policy.guard.resolve_conditions import resolve_conditions
from policy.guard.resolve_contacts import resolve_contacts
from policy.guard.resolve_money import resolve_money
from policy.guard.resolve_offers import resolve_offers
from policy.guard.resolve_places import resolve_places
from policy.guard.resolve_rules import resolve_rules
from policy.guard.resolve_specs import resolve_specs
from policy.guard.resolve_tags import resolve_tags
from policy.guard.resolve_times import resolve_times
from policy.guard.resolve_values import resolve_values
from policy.guard.safe import repair, safe_line
from policy.guard.text import bare, clean, sentences

RESOLVERS: tuple[Callable[[Check], Iterator[Violation]], ...] = (
    resolve_rules,
    resolve_contacts,
    resolve_money,
    resolve_offers,
    resolve_values,
    resolve_tags,
    resolve_specs,
    resolve_conditions,
    resolve_times,
    resolve_places,
    resolve_cases,
)
RULES_ALONE = (resolve_rules, resolve_contacts)
"""What holds for the words of the library too: no advertising superlatives, nobody's private data."""
_SEVERITY: tuple[VerdictName, ...] = ("pass", "repaired", "replaced")
LEAD = 6
"""Characters of a lead-in (是的, 您好) that may stand before a fact."""


class Guard:
    """Checks sentences against the facts of one pack. Built once; every check is pure."""

    def __init__(self, pack: Pack, facts: Iterable[Fact]) -> None:
        known = tuple(facts)
        self._evidence = Evidence(pack, known)
        self._cells = {
            (fact.product, fact.topic): fact
            for fact in known
            if fact.product and fact.source.startswith("catalogue:")
        }

    def read(self, sentence: str, day: date) -> Reading:
        """What the sentence holds that could commit the company, as it is read on `day`."""
        return self._evidence.reader.read(sentence, day)

    def check(
        self,
        sentence: str,
        situation: Situation,
        *,
        quotes: tuple[Quote, ...] = (),
        excerpts: tuple[str, ...] = (),
    ) -> GuardResult:
        """The ruling over one sentence. `quotes` are the plan's own prices and support what they say.

        `excerpts` are words of the library in force: said word for word they need no fact, but the rules
        of what a company may say hold for them too. `safe_text` is what may be said: the sentence itself
        when it passes.
        """
        known = self._evidence.verbatim(situation.now.date())
        if not sentence.strip() or _states(sentence, known):
            return GuardResult(safe_text=sentence)
        reading = self._evidence.reader.read(sentence, situation.now.date())
        check = Check(reading, self._evidence, situation, quotes)
        resolvers = RULES_ALONE if excerpts and _states(sentence, _pieces(excerpts)) else RESOLVERS
        found = tuple(dict.fromkeys(violation for resolve in resolvers for violation in resolve(check)))
        if not found:
            return GuardResult(safe_text=sentence)
        mended = repair(found, check, self._cells)
        return GuardResult(
            verdict="repaired" if mended else "replaced",
            violations=found,
            safe_text=mended or safe_line(found, reading.lang),
        )

    def check_reply(self, text: str, situation: Situation, *, quotes: tuple[Quote, ...] = ()) -> GuardResult:
        """The ruling over a whole reply, sentence by sentence; the same safe line is said once."""
        results = []
        for sentence in sentences(text):
            results.append(self.check(sentence, situation, quotes=quotes))
            situation = self._after(sentence, situation)
        verdicts = {result.verdict for result in results}
        return GuardResult(
            verdict=max(verdicts, key=_SEVERITY.index, default="pass"),
            violations=tuple(violation for result in results for violation in result.violations),
            safe_text=_join(results) if verdicts - {"pass"} else text,
        )

    def _after(self, sentence: str, situation: Situation) -> Situation:
        """The deal as the next sentence sees it: about the one product this sentence names, if it names one."""
        named = {name.id for name in self._evidence.names.products(clean(sentence))}
        if len(named) != 1 or situation.product in named:
            return situation
        return situation.model_copy(update={"product": named.pop(), "quantity": None})


def _states(sentence: str, known: frozenset[str]) -> bool:
    """Whether the sentence is made of what is known word for word, after a short lead-in at most."""
    said = bare(sentence)
    if _made_of(said.split(";"), known):
        return True
    lead, mark, rest = re.match(r"([^,:]*)([,:]?)(.*)", said, re.S).groups()  # type: ignore[union-attr]
    short = bool(mark) and len(lead) <= LEAD and not re.search(r"\d", lead)
    return short and _made_of(rest.split(";"), known)


def _pieces(texts: Iterable[str]) -> frozenset[str]:
    """Each text as a whole, and each of its sentences, as `bare` strips them."""
    return frozenset(bare(piece) for text in texts for piece in (text, *sentences(text)))


def _made_of(parts: list[str], known: frozenset[str]) -> bool:
    """Whether the parts, some of them joined again by their semicolon, are all known."""
    if not parts:
        return True
    return any(
        ";".join(parts[:count]) in known and _made_of(parts[count:], known)
        for count in range(1, len(parts) + 1)
    )


def _join(results: list[GuardResult]) -> str:
    said: list[str] = []
    for result in results:
        if result.verdict == "pass" or result.safe_text not in said:
            said.append(result.safe_text)
    spaced = any(text[-1:].isascii() for text in said)
    return " ".join(text.strip() for text in said) if spaced else "".join(said)
