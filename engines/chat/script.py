"""The embedded realiser: lines of the script library, filled with the values of the plan."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from typing import Any

from core.pack import Pack, ScriptLine, localise
from core.types import Act, Channel, Lang
from engines.chat.base import Brief, Sentence

LIMIT: dict[Channel, int] = {"text": 120, "voice": 60}
"""Characters of a reply in Chinese; English words take more room for the same."""
ENGLISH_ROOM = 2.6
NAME = re.compile(r"@(names\.[a-z_]+)")
VARIABLE = re.compile(r"([^{}]*)\{(\w*)\}")
MARKS = "。.!！?？…~"
LEADS = ("ask.", "propose.")
"""Situations that are left out when the answer has used up the room."""


class ScriptRealiser:
    """Speaks plans from a pack's script lines; variants turn round so as not to repeat."""

    name = "script"

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._lines: dict[tuple[str, Lang], list[ScriptLine]] = {}
        for line in pack.scripts:
            self._lines.setdefault((line.situation, line.lang), []).append(line)

    async def sentences(self, brief: Brief) -> AsyncIterator[Sentence]:
        """One sentence an act; a lead that no longer fits the channel's length is left out."""
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
        """The least used line that fits the situation, the channel and the customer's trade."""
        if act.script is None:
            return None
        fitting = self._fitting(act.script, brief)
        return min(fitting, key=lambda line: brief.used_lines.get(line.id, 0), default=None)

    def _fitting(self, situation: str, brief: Brief) -> list[ScriptLine]:
        lines = self._lines.get((situation, brief.lang)) or self._lines.get(
            (situation, _other(brief.lang)), []
        )
        lines = _preferred(
            lines, lambda line: line.channel == brief.channel, lambda line: line.channel is None
        )
        industry = brief.customer.industry or ""
        return _preferred(
            lines,
            lambda line: any(trade in industry for trade in line.industries) if industry else False,
            lambda line: not line.industries,
        )

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
        lines = self._fitting(named.group(1), brief)
        return lines[0].text if lines else named.group()


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


def _preferred(lines: Iterable[ScriptLine], best: Any, usual: Any) -> list[ScriptLine]:
    """The lines for exactly this case, else the usual ones, else all."""
    lines = list(lines)
    return [line for line in lines if best(line)] or [line for line in lines if usual(line)] or lines
