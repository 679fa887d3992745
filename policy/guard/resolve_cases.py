"""References: what is told of other customers must be one case of the facts, not a mixture and nothing new."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Violation
from policy.guard.check import Check, violation
from policy.guard.evidence import Segment
from policy.guard.read import Clause
from policy.guard.values import Value, agree

_THIRD = re.compile(
    r"某[\u4e00-\u9fff]|(?:有|一|那)(?:一)?[家个][\u4e00-\u9fff]{0,8}(?:厂|公司|企业|客户|工厂)|案例|"
    r"(?:[\u4e00-\u9fff]{2}(?:厂|公司|客户|企业|集团)).{0,10}(?:用|上|买|装|选|采购)(?:了|的|过)"
    r"|[\u4e00-\u9fff]{2}(?:的|那家|那边)?(?:[\u4e00-\u9fff\w]{0,4})(?:厂|工厂|企业)(?!里|"
    r"家).{0,4}(?:用|上|买|装|靠)"
    r"|\b(?:an?|one|another) (?:[\w-]+ ){0,4}(?:plant|factory|maker|manufacturer|company|customer|"
    r"client|supplier|producer)\b"
    r"|\bcustomers? (?:in|of ours)|\bcase stud|\bour (?:customers?|clients?)\b|(?:plant|factory|"
    r"customer|maker|manufacturer) in [A-Z]",
    re.IGNORECASE,
)
_DID = re.compile(
    r"用|上了|买|装了|选|采购|降|省|少|换|投产|做了|\b(?:us(?:es?|ed|ing)|runs?|ran|cuts?|bought|buys|"
    r"orders?|ordered|sav|reduc|install(?:ed|s)\b|achiev"
    r"|work(?:s|ed) with|has|have|chose|replac|down (?:to|from))",
    re.IGNORECASE,
)
_YOURS = re.compile(r"您|你们|贵|\byou\b|\byour\b|我们是|我们这|总部|展厅|服务站|服务过", re.IGNORECASE)
_MIN_TERMS = 2


def resolve_cases(check: Check) -> Iterator[Violation]:
    """Stories of other customers that no single case carries."""
    clauses = [clause for clause in check.statements() if not clause.own]
    cases = _cases(check)
    told = [clause for clause in clauses if _THIRD.search(clause.text) and not _YOURS.search(clause.text)]
    told = told if _DID.search(check.reading.text) else []
    famous = next(
        (
            c
            for c in clauses
            if (m := check.words.famous.search(c.text)) and not _known_name(m.group(), check)
        ),
        None,
    )
    if famous is not None and not _YOURS.search(famous.text):
        yield violation("case", famous, "no fact names this customer")
        return
    best = max(cases.values(), key=lambda case: _score(case, check), default=[])
    near_case = _score(best, check) >= 3 if best else False
    if not told and not near_case:
        return
    first = told[0] if told else next(iter(clauses), None)
    if first is None:
        return
    if not best or _score(best, check) < _MIN_TERMS:
        if _tells_news(told):
            yield violation("case", first, "no case in the facts is like this")
        return
    reason = _mismatch(best, cases, check) if told or _tells_figures(clauses) else None
    if reason:
        yield violation("case", first, reason)


def _cases(check: Check) -> dict[str, list[Segment]]:
    """The cases of the facts in the sentence's language, by fact; the language falls out by shared words."""
    found: dict[str, list[Segment]] = {}
    for segment in check.segments:
        if segment.topic == "case":
            found.setdefault(segment.fact, []).append(segment)
    return found


def _known_name(name: str, check: Check) -> bool:
    return any(name.lower() in segment.clause.text.lower() for segment in check.segments)


def _score(case: list[Segment], check: Check) -> int:
    if not case:
        return 0
    whole = frozenset().union(*(segment.whole for segment in case))
    return len(whole & check.reading.terms)


def _tells_news(told: list[Clause]) -> bool:
    return any(clause.values or clause.shares or clause.products or clause.places for clause in told)


def _tells_figures(clauses: list[Clause]) -> bool:
    return any(clause.values or clause.shares for clause in clauses)


def _mismatch(best: list[Segment], cases: dict[str, list[Segment]], check: Check) -> str | None:
    """What the sentence says that the case does not: a product, a place, a figure, a word of another case."""
    held_products = {p for s in best for p in (*s.clause.products, *s.products)}
    if held_products and set(check.reading.products) - held_products:
        return "the case is of another product"
    held_places = {place for s in best for place in s.clause.places}
    held_text = " ".join(s.clause.text for s in best)
    for clause in check.statements():
        if any(place not in held_places and place not in held_text for place in clause.places):
            return "the case is in another place"
        for value in clause.values:
            if not _figure_held(value, best):
                return f"the case has no figure {value.text!r}"
        for share in clause.shares:
            if not any(abs(share.rate - held.rate) < 1e-9 for s in best for held in s.clause.shares):
                return f"the case has no figure {share.text!r}"
    whole = frozenset().union(*(s.whole for s in best))
    others = frozenset().union(*(s.whole for name, case in cases.items() if case is not best for s in case))
    return "mixes two cases" if len((check.reading.terms & others) - whole) >= 1 else None


def _figure_held(value: Value, case: list[Segment]) -> bool:
    if value.high <= 1:
        return True
    held = [v for s in case for v in s.clause.values]
    return any(agree(value, v) or (value.low == v.low and value.high == v.high) for v in held)
