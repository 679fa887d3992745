"""Records a price that policy has worked out; works out none itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from pydantic import ValidationError
from sqlalchemy.orm import Session

from core.errors import InputError
from core.pack import Pack
from core.types import Quote
from crm.schema import QuoteRow


class QuoteResult(TypedDict):
    """Money in whole units of `currency`; `offer` is the id of the one applied, or None."""

    product: str
    quantity: int
    unit_price: float
    offer: str | None
    total: float
    currency: str


def quote(
    args: Mapping[str, Any], *, session: Session, tenant: str, thread: str, now: datetime, pack: Pack
) -> QuoteResult:
    """Keep the quote. `args` are the fields of core.types.Quote."""
    try:
        told = Quote.model_validate(dict(args))
    except ValidationError as error:
        raise InputError(f"quote needs a worked-out price: {error.errors()[0]['loc']}") from error
    if pack.product(told.product) is None:
        raise InputError(f"quote: no product {told.product!r} in the catalogue")
    session.add(QuoteRow(tenant=tenant, thread=thread, at=now, **told.model_dump()))
    session.flush()
    return QuoteResult(
        product=told.product,
        quantity=told.quantity,
        unit_price=told.unit_price,
        offer=told.offer,
        total=told.total,
        currency=told.currency,
    )
