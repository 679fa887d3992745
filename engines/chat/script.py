"""The embedded realiser: lines of the script library, filled with the values of the plan."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from typing import Any

from core.pack import Pack, ScriptLine, localise
from core.types import Act, Channel, Lang
from engines.chat.base import Brief, ScriptSource, Sentence
from engines.chat.choice import choose

LIMIT: dict[Channel, int] = {"text": 120, "voice": 60}
"""Characters of a reply in Chinese; English words take more room for the same."""
ENGLISH_ROOM = 2.6
NAME = re.compile(r"@(names\.[a-z_]+)")
VARIABLE = re.compile(r"([^{}]*)\{(\w*)\}")
MARKS = "。.!！?？…~"
LEADS = ("ask.", "propose.")
"""Situations that are left out when the answer has used up the room."""


class PackScripts:
    """The lines of a pack as its files have them; nobody edits them."""

    revision = 0

    def __init__(self, lines: Iterable[ScriptLine]) -> None:
        self._lines: dict[tuple[str, Lang], tuple[ScriptLine, ...]] = {}
        for line in lines:
            key = (line.situation, line.lang)
            self._lines[key] = (*self._lines.get(key, ()), line)

    def lines(self, situation: str, lang: Lang, revision: int | None = None) -> tuple[ScriptLine, ...]:
        """The lines of a situation in one language, in the order of the file."""
        return self._lines.get((situation, lang), ())

    def catch_up(self) -> object:
        """Does nothing: nothing is ever edited."""


class ScriptRealiser:
    """Speaks plans from script lines; variants turn round so as not to repeat."""

    name = "script"

    def __init__(self, pack: Pack, scripts: ScriptSource | None = None) -> None:
        """`scripts` are the lines to speak from; by default those of the pack's files."""
        self._pack = pack
        self._scripts = scripts or PackScripts(pack.scripts)

    async def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
        """One sentence an act; a lead that no longer fits the channel's length is left out.

        Raises StoreError where edits that the turn speaks from cannot be read.
        """
        if (brief.revision or 0) > self._scripts.revision:
            await asyncio.to_thread(self._scripts.catch_up)
        room = LIMIT[brief.channel] * (ENGLISH_ROOM if brief.lang == "en" else 1.0)
        spoken = 0
        for position, act in enumerate(brief.acts):
            line = self.choose(act, brief)
            if line is None:
                continue
            text = self.fill(line, act, brief)
            if line.situation.startswith(LEADS) and spoken and spoken + len(text) > room:
                continue
            spoken += len(text)
            yield Sentence(text=text, acts=(position,), line_id=line.id)

    def choose(self, act: Act, brief: Brief) -> ScriptLine | None:
        """The line for an act, as the library stood when its play began; None where it has no situation."""
        if act.script is None:
            return None
        return self._line(act.script, brief, act.revision)

    def _line(self, situation: str, brief: Brief, revision: int | None = None) -> ScriptLine | None:
        """The best line of a situation, in the other language where this one has none that fits."""
        revision = brief.revision if revision is None else revision
        for lang in (brief.lang, _other(brief.lang)):
            if line := choose(self._scripts.lines(situation, lang, revision), brief):
                return line
        return None

    def fill(self, line: ScriptLine, act: Act, brief: Brief) -> str:
        """The line with its variables replaced; `@situation` values name another line."""
        values: dict[str, Any] = {
            "company": localise(self._pack.short_name, brief.lang),
            "robot": localise(self._pack.robot, brief.lang),
            **{key: self._resolve(value, brief) for key, value in act.values.items()},
        }
        return closed(filled(line.text, values), brief.lang)

    def _resolve(self, value: Any, brief: Brief) -> Any:
        """Names of slots in the words of the language; everything else as it is."""
        if not isinstance(value, str):
            return value
        return NAME.sub(lambda named: self._name(named, brief), value)

    def _name(self, named: re.Match[str], brief: Brief) -> str:
        line = self._line(named.group(1), brief)
        return line.text if line else named.group()


def filled(template: str, values: dict[str, Any]) -> str:
    """The template with its variables; a Latin or numeric value does not run into its neighbour (R20 12台)."""
    text = ""
    for literal, name in VARIABLE.findall(template + "{}"):
        text = _joined(text, literal)
        text = _joined(text, str(values.get(name, "")))
    return text


def _joined(left: str, right: str) -> str:
    runs_on = left[-1:].isascii() and left[-1:].isalnum() and right[:1].isascii() and right[:1].isalnum()
    return f"{left} {right}" if runs_on else left + right


def closed(text: str, lang: Lang) -> str:
    """The text with a mark at its end."""
    text = text.strip()
    return text if not text or text[-1] in MARKS else text + ("。" if lang == "zh" else ".")


def _other(lang: Lang) -> Lang:
    return "en" if lang == "zh" else "zh"
