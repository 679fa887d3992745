"""Contact details: only those the facts or the customer gave may be said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Violation
from policy.guard.check import Check, violation
from policy.guard.extract_contacts import Contact
from policy.guard.read import Clause


def resolve_contacts(check: Check) -> Iterator[Violation]:
    """Telephone numbers, addresses and the like that no fact holds."""
    for clause in check.reading.clauses:
        for contact in clause.contacts:
            if not _known(contact, clause, check):
                yield violation("contact", clause, f"no fact holds {contact.text.strip()!r}")


def _known(contact: Contact, clause: Clause, check: Check) -> bool:
    own = {_key(str(value)) for slot, value in check.situation.slots.items() if slot in ("phone", "email")}
    if _key(contact.key) in own or (clause.question and clause.own):
        return True
    return any(
        contact.kind == known.kind and contact.key == known.key
        for segment in check.segments
        for known in segment.clause.contacts
    )


def _key(text: str) -> str:
    return re.sub(r"[\s-]", "", text).lower()
