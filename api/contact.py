"""May we call this customer now? For diallers, before they ring."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.access import operator_only
from core.clock import local_minute, parse_minute
from graph.talk import Talk
from policy.contact import CallCheck, may_call


def contact_router(talk: Talk) -> APIRouter:
    """`GET /contact`, for operators' programs alone: it tells who asked never to be called."""
    router = APIRouter(dependencies=[Depends(operator_only)])
    engines = talk.engines

    @router.get("/contact")
    def contact(
        phone: str | None = None, customer_id: str | None = None, now: str | None = None
    ) -> CallCheck:
        """Whether a call to the number or the customer may begin now, else why not."""
        moment = parse_minute(now) if now else local_minute()
        limits = engines.pack.contact
        return may_call(engines.store, limits, phone=phone, customer_id=customer_id, now=moment)

    return router
