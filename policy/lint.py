"""What is wrong with script lines: faults that keep one from being stored, and warnings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal

from core.pack import Pack, ScriptLine
from core.types import Frozen, Lang
from domains.fields import hint
from domains.labels import ROLES
from domains.parts.scripts import SEPARATOR, STAGES, Situation
from engines.chat.script import ENGLISH_ROOM, closed, filled
from policy.guard.guard import Guard
from policy.guard.read import Reading
from policy.reach import shadowed, unmet, unspoken
from policy.sample import sample_for

LENGTH: dict[str | None, int] = {"voice": 28, "text": 45, None: 45}
"""Characters of a Chinese line by channel, variables aside; English words take more room for the same."""
ASKING = ("ask.", "confirm.", "propose.", "clarify", "objection.")
"""How the situations begin in which a line may ask."""
NEVER_ASKING = ("objection.respect", "objection.argued")
ALSO_ASKING = ("handoff.phone",)
SAYS_WHO = ("greet", "greet.brief", "greet.known", "disclose", "handoff.returned")
"""Situations whose lines tell that no human speaks."""
AUTOMATIC: dict[Lang, re.Pattern[str]] = {
    "zh": re.compile("智能客服|智能助理|智能助手|机器人|自动|AI|人工智能", re.IGNORECASE),
    "en": re.compile(r"\b(automatic|automated|virtual|AI|bot|robot|machine)\b", re.IGNORECASE),
}
ID = re.compile(r"(?=.{3,80}$)[\w-]+(\.[\w-]+)+")
VARIABLE = re.compile(r"\{([^{}]*)\}")
ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Kind = Literal[
    "form",
    "situation",
    "criteria",
    "variables",
    "promise",
    "price",
    "question",
    "disclosure",
    "length",
    "expired",
    "unreachable",
    "shadowed",
    "twice",
]
WARNINGS: frozenset[Kind] = frozenset({"length", "expired", "unreachable", "shadowed", "twice"})


class Finding(Frozen):
    """One thing wrong with one line. A warning is only told; anything else keeps the line out."""

    line: str
    kind: Kind
    text: str

    @property
    def warns(self) -> bool:
        return self.kind in WARNINGS

    def __str__(self) -> str:
        return f"{self.line}: {self.text}"


class Linter:
    """Checks lines against the situations, the pack, and what the company may promise."""

    def __init__(self, pack: Pack, situations: Mapping[str, Situation], guard: Guard) -> None:
        self._pack = pack
        self._situations = situations
        self._guard = guard
        self._personas = tuple(persona.id for persona in pack.playbook.personas)

    def faults(self, line: ScriptLine, day: date) -> tuple[Finding, ...]:
        """What keeps this one line from being spoken on `day`."""
        situation = self._situations.get(line.situation)
        if situation is None:
            text = f"unknown situation {line.situation!r}{hint(line.situation, self._situations)}"
            return (Finding(line=line.id, kind="situation", text=text),)
        found = (
            *_form(line),
            *self._criteria(line),
            *_variables(line, situation),
            *self._promises(line, day),
            *_questions(line),
            *_disclosure(line),
        )
        return tuple(Finding(line=line.id, kind=kind, text=text) for kind, text in found)

    def warnings(self, lines: Iterable[ScriptLine], day: date) -> tuple[Finding, ...]:
        """What is odd about the lines, each for itself and beside the others of its situation."""
        return tuple(
            Finding(line=line.id, kind=kind, text=text) for line, kind, text in self._odd(lines, day)
        )

    def lint(self, lines: Iterable[ScriptLine], day: date) -> tuple[Finding, ...]:
        """Faults and warnings of a whole library, in its order."""
        lines = tuple(lines)
        places = {line.id: place for place, line in enumerate(lines)}
        found = [finding for line in lines for finding in self.faults(line, day)]
        found += self.warnings(lines, day)
        return tuple(sorted(found, key=lambda finding: places[finding.line]))

    def _odd(self, lines: Iterable[ScriptLine], day: date) -> Iterator[tuple[ScriptLine, Kind, str]]:
        groups: dict[tuple[str, Lang], list[ScriptLine]] = {}
        for line in lines:
            groups.setdefault((line.situation, line.lang), []).append(line)
            if too_long := _length(line):
                yield line, "length", too_long
            if line.ended(day):
                yield line, "expired", f"ended on {line.valid_until}"
            if line.origin == "own" and (reason := unspoken(line, self._pack) or unmet(line, self._pack)):
                yield line, "unreachable", reason
        for group in groups.values():
            yield from _doubles(group)
            for line in shadowed(group, day):
                yield (
                    line,
                    "shadowed",
                    "never spoken: a line made for the same case or a closer one always fits",
                )

    def _criteria(self, line: ScriptLine) -> Iterator[tuple[Kind, str]]:
        """Words of criteria that nothing goes by."""
        if line.lang not in self._pack.languages:
            yield "criteria", f"the pack does not speak {line.lang!r}{hint(line.lang, self._pack.languages)}"
        for what, words, known in (
            ("stage", line.stages, STAGES),
            ("role", line.roles, ROLES),
            ("persona", line.personas, self._personas or line.personas),
        ):
            for word in words:
                if word not in known:
                    yield "criteria", f"unknown {what} {word!r}{hint(word, known)}"
        for word in line.industries:
            if SEPARATOR in word or not word.strip():
                yield "criteria", f"industry {word!r}: one word each, without {SEPARATOR}"

    def _promises(self, line: ScriptLine, day: date) -> Iterator[tuple[Kind, str]]:
        """A price of the line's own, true or not, and what the guard would stop with every variable filled."""
        yield from _prices(self._guard.read(VARIABLE.sub(" ", line.text), day))
        sample = sample_for(self._pack, line.situation, line.lang, day)
        said = closed(filled(line.text, sample.values), line.lang)
        for violation in self._guard.check(said, sample.situation, quotes=sample.quotes).violations:
            yield (
                "promise",
                f"promises without a fact ({violation.kind}): {violation.reason}: {violation.text!r}",
            )


def _form(line: ScriptLine) -> Iterator[tuple[Kind, str]]:
    if not ID.fullmatch(line.id):
        yield (
            "form",
            "an id is of letters, digits, _ and -, in two parts or more with a dot between: greet.zh.vip",
        )
    if not line.text.strip():
        yield "form", "an empty text"
    if ODD.search(line.text):
        yield "form", "a line break or control character"
    if line.valid_from and line.valid_until and line.valid_from > line.valid_until:
        yield "form", f"valid_from {line.valid_from} is after valid_until {line.valid_until}"


def _variables(line: ScriptLine, situation: Situation) -> Iterator[tuple[Kind, str]]:
    used = VARIABLE.findall(line.text)
    offered = ", ".join(f"{{{name}}}" for name in situation.variables) or "none"
    for name in used:
        if name not in situation.variables:
            yield "variables", f"variable {{{name}}} is not offered here (offered: {offered})"
    for name in situation.needs:
        if name not in used:
            yield (
                "variables",
                f"variable {{{name}}} is missing: without it the line does not say what it is for",
            )
    if re.search(r"[{}]", VARIABLE.sub("", line.text)):
        yield "variables", "a brace without its partner"


def _prices(reading: Reading) -> Iterator[tuple[Kind, str]]:
    for clause in reading.clauses:
        if any("money" in value.families for value in clause.values):
            yield "price", f"a price of its own: {clause.text.strip()!r} (write it as a variable)"
        if clause.shares:
            yield "price", f"a discount of its own: {clause.text.strip()!r} (write it as a variable)"


def _questions(line: ScriptLine) -> Iterator[tuple[Kind, str]]:
    count = sum(line.text.count(mark) for mark in "?？")
    if count and not may_ask(line.situation):
        yield "question", "asks, where no question is planned"
    elif count > 1:
        yield "question", "asks more than one question"


def may_ask(situation: str) -> bool:
    """Whether a line of this situation may hold a question mark."""
    return situation in ALSO_ASKING or (situation.startswith(ASKING) and situation not in NEVER_ASKING)


def _disclosure(line: ScriptLine) -> Iterator[tuple[Kind, str]]:
    if line.situation in SAYS_WHO and not AUTOMATIC[line.lang].search(VARIABLE.sub("", line.text)):
        yield "disclosure", "does not say that an automatic assistant speaks"


def _length(line: ScriptLine) -> str | None:
    limit = round(LENGTH[line.channel] * (ENGLISH_ROOM if line.lang == "en" else 1))
    length = len(VARIABLE.sub("", line.text))
    return f"{length} characters, at most {limit} can be listened to" if length > limit else None


def _doubles(group: list[ScriptLine]) -> Iterator[tuple[ScriptLine, Kind, str]]:
    first: dict[str, ScriptLine] = {}
    for line in group:
        if line.origin != "fallback":
            other = first.setdefault(line.text, line)
            if other is not line and all(
                getattr(other, name) == getattr(line, name) for name in line.criteria
            ):
                yield line, "twice", f"the same words as {other.id}"
