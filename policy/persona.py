"""What kind of customer this is, as the playbook tells kinds apart."""

from __future__ import annotations

from policy.deal import Deal
from policy.when import holds


def personas(deal: Deal) -> tuple[str, ...]:
    """The kinds that this customer shows signs of, in the playbook's order."""
    return tuple(
        persona.id
        for persona in deal.pack.playbook.personas
        if any(holds(sign, deal) for sign in persona.signs)
    )
