"""Features, codes and goods: what a product has, and which products there are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.pack import Product
from core.types import Violation
from policy.guard.align import serves
from policy.guard.check import Check, violation
from policy.guard.evidence import Segment
from policy.guard.read import Clause
from policy.guard.text import terms

_CLAIMS = re.compile(
    r"支持|兼容|自带|配备|标配|内置|具备|附带|带有|配有|\b(?:supports?|compatible with|comes? with|"
    r"features?|equipped with|built[- ]in)\b",
    re.IGNORECASE,
)
_OUR_GOODS = re.compile(
    r"我们(?:家|这|公司|这边)?(?:还|也|另外|同时)*(?:有|卖|做|出|推出|提供|生产)|还有|也有|除了|"
    r"\bwe (?:also )?(?:have|sell|make|offer|build)\b|also (?:available|comes)",
    re.IGNORECASE,
)
_MODEL = re.compile(r"^[a-z]{1,5}-?\d{1,4}[a-z]{0,3}$")


def resolve_specs(check: Check) -> Iterator[Violation]:
    """Codes, features and goods that the catalogue does not have."""
    for clause in check.statements():
        if clause.rivals:
            continue
        yield from _codes(clause, check)
        yield from _borrowed(clause, check)
        yield from _unheard(clause, check)
        yield from _new_goods(clause, check)


_EACH = re.compile(r"都|一样|同样|也|\b(?:both|all|too|also|as well|same)\b", re.IGNORECASE)


def _codes(clause: Clause, check: Check) -> Iterator[Violation]:
    slots = " ".join(str(value) for value in check.situation.slots.values()).lower()
    for code in clause.codes:
        if code.id in slots or (clause.own and not clause.products):
            continue
        holders = [s for s in check.segments if _mentions(s.clause.text, code.id)]
        scope = check.scope(clause)
        held = [_has_code(code.id, product, holders, check) for product in scope]
        enough = all(held) if _EACH.search(clause.text) else any(held)
        if (scope and enough) or (not scope and holders):
            continue
        kind = "product" if _MODEL.match(code.id) and not holders else "spec"
        yield violation(kind, clause, f"no fact holds {code.text!r}")


def _has_code(code: str, product: str, holders: list[Segment], check: Check) -> bool:
    """Whether a fact, or the product's own row, has the code for this product."""
    if any(serves(segment, product) for segment in holders):
        return True
    return any(_mentions(text, code) for text in check.evidence.catalogue_texts.get(product, ()))


def _mentions(text: str, code: str) -> bool:
    return re.search(rf"(?<![a-z\d]){re.escape(code)}(?![a-z\d])", text.lower()) is not None


def _borrowed(clause: Clause, check: Check) -> Iterator[Violation]:
    """A feature or property that other products have and this one does not."""
    rows = [row for row in map(check.pack.product, clause.products) if row is not None]
    for row in rows:
        mine = check.evidence.catalogue_texts[row.id]
        for feature in check.evidence.features:
            if feature in clause.text.lower() and not any(feature in text for text in mine):
                yield violation("spec", clause, f"{row.id} does not have {feature!r}")
                return
        for concept in clause.concepts:
            attribute = concept.removeprefix("attr:")
            if (
                concept.startswith("attr:")
                and attribute not in row.specs
                and _claims(clause, row, attribute, check)
            ):
                yield violation("spec", clause, f"the catalogue gives no {attribute} for {row.id}")
                return


def _claims(clause: Clause, row: Product, attribute: str, check: Check) -> bool:
    """Whether the clause says that the product has a property, and no claim speaks of both."""
    if len(clause.products) > 1 or clause.values or clause.codes:
        return False
    has = re.search(r"有|带|是|也|同样|支持|\bhas|\bhave|with|includ", clause.text)
    spoken = any(f"attr:{attribute}" in s.concepts and serves(s, row.id) for s in check.segments)
    return bool(has) and not spoken


def _unheard(clause: Clause, check: Check) -> Iterator[Violation]:
    """`supports X` where nothing in the facts has ever heard of X."""
    match = _CLAIMS.search(clause.text)
    if match is None or clause.own:
        return
    named = terms(re.split(r"的|,", clause.text[match.end() :])[0])
    known = check.evidence.vocabulary(check.situation.now.date())
    if named and not named & known:
        yield violation("spec", clause, f"no fact supports {match.group()} …")


def _new_goods(clause: Clause, check: Check) -> Iterator[Violation]:
    """Goods of a kind we sell with a name that no fact knows (喷涂机器人)."""
    if clause.own or not _OUR_GOODS.search(clause.text):
        return
    known = check.evidence.vocabulary(check.situation.now.date())
    for match in check.evidence.kinds.finditer(clause.text):
        made = terms(next(group for group in match.groups() if group))
        if made and not made & known:
            yield violation("product", clause, f"not in the catalogue: {match.group()!r}")
            return
