"""Places: where the company has a site, and promises that reach over the whole country."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Violation
from policy.guard.check import Check, violation
from policy.guard.lexicon import any_of, at_word_start
from policy.guard.read import Clause

_SITES = tuple(
    any_of([*zh, *at_word_start(en)])
    for zh, en in (
        (
            ["总部", "公司(就|也)?(在|位于)", "我们(就)?在"],
            ["head ?quarter", "head office", "based in", "company is in", "located in"],
        ),
        (
            ["服务站", "服务点", "服务中心", "服务网点", "售后点", "网点", "办事处", "驻点"],
            ["service (station|cent|point|office|branch)", "branch(es)?", "local office"],
        ),
        (["展厅", "展示中心", "体验中心", "样板间"], ["show ?room", "demo (cent|site)"]),
        (["分公司", "子公司", "分部", "分店", "门店"], ["subsidiar", "branch(es)?", "stores?", "shops?"]),
        (
            ["我们的?(工)?厂", "生产基地", "研发中心", "仓库", "中转仓"],
            ["our (own )?(factory|plant)", "warehouse", "production base", "r&d cent"],
        ),
    )
)
_COMING = re.compile(r"从|离|您|你|贵|过来|\bfrom\b|\byour?\b|distance|away", re.IGNORECASE)
_OURS = re.compile(r"我们|咱们|公司|有|设|在|开|\bwe\b|\bour\b|\bus\b|\bin\b|\bat\b", re.IGNORECASE)


def resolve_places(check: Check) -> Iterator[Violation]:
    """Sites in places where no fact puts them."""
    for clause in check.statements():
        if not clause.places:
            continue
        ours = _OURS.search(clause.text) and not _COMING.search(clause.text)
        for site in _SITES:
            if not ours and not any(_beside(place, site, clause) for place in clause.places):
                continue
            if site.search(clause.text) and not _ours_all(clause, site, check):
                yield violation("company", clause, "no fact puts this site there")
                break


def _beside(place: str, site: re.Pattern[str], clause: Clause) -> bool:
    """Whether the place stands right before the word for the site (宁波展厅, the Ningbo showroom)."""
    at = clause.text.find(place)
    match = site.search(clause.text, at + len(place)) if at >= 0 else None
    return match is not None and match.start() - at - len(place) <= 2


def _ours_all(clause: Clause, site: re.Pattern[str], check: Check) -> bool:
    """Whether facts name this kind of site with every place of the clause."""
    kinds = [s for s in check.segments if site.search(s.clause.text)]
    texts = " ".join(s.clause.text for s in kinds)
    known = {place for s in kinds for place in s.clause.places}
    for place in clause.places:
        if place in known or place in texts:
            continue
        if not any(
            clause.places[place] <= s.clause.provinces and place in clause.places[place] for s in kinds
        ):
            return False
    return True
