"""The pack's rows in the database, for screens, reports and live update."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.pack import Offer, Pack, Product
from crm.schema import OfferRow, PackRow, ProductRow


def sync(session: Session, tenant: str, pack: Pack) -> bool:
    """Make the stored rows those of `pack`; False where they already are, by the pack's digest."""
    key = {"tenant": tenant, "name": pack.name}
    stored = session.get(PackRow, (tenant, pack.name))
    if stored is not None and stored.digest == pack.digest:
        return False
    for table in (ProductRow, OfferRow):
        session.execute(delete(table).where(table.tenant == tenant, table.pack == pack.name))
    session.add_all(_rows(tenant, pack))
    session.merge(PackRow(**key, version=pack.version, digest=pack.digest))
    session.flush()
    return True


def products(session: Session, tenant: str) -> tuple[Product, ...]:
    """Every catalogue row of the tenant, by id."""
    rows = select(ProductRow).where(ProductRow.tenant == tenant).order_by(ProductRow.pack, ProductRow.id)
    return tuple(Product.model_validate(row.data) for row in session.scalars(rows))


def offers(session: Session, tenant: str) -> tuple[Offer, ...]:
    """Every offer of the tenant, whether in force or not, by id."""
    rows = select(OfferRow).where(OfferRow.tenant == tenant).order_by(OfferRow.pack, OfferRow.id)
    return tuple(Offer.model_validate(row.data) for row in session.scalars(rows))


def _rows(tenant: str, pack: Pack) -> Iterable[ProductRow | OfferRow]:
    for product in pack.products:
        yield ProductRow(
            **_key(tenant, pack, product),
            name=dict(product.name),
            list_price=product.list_price,
            currency=pack.currency,
        )
    for offer in pack.offers:
        yield OfferRow(
            **_key(tenant, pack, offer),
            discount=offer.discount,
            valid_from=offer.valid_from,
            valid_until=offer.valid_until,
        )


def _key(tenant: str, pack: Pack, row: Product | Offer) -> dict[str, Any]:
    return {"tenant": tenant, "pack": pack.name, "id": row.id, "data": row.model_dump(mode="json")}
