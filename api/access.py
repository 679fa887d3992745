"""The gate of the routes that are not for customers."""

from __future__ import annotations

from fastapi import HTTPException, Request
from pydantic import SecretStr

from core.access import is_operator

LOCAL = "only this machine may: set TALKTRACK_DESK_KEY and send it as Authorization: Bearer KEY"
DENIED = "Authorization: Bearer KEY is needed, with the key of TALKTRACK_DESK_KEY"


def operator_only(request: Request) -> None:
    """A dependency: 401 without the key of `app.state.desk_key`; where none is set, 403 for other machines."""
    key: SecretStr | None = getattr(request.app.state, "desk_key", None)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    bearer = given.strip() if scheme.lower() == "bearer" else None
    client = request.client.host if request.client else ""
    if is_operator(key, bearer, client=client, headers=request.headers):
        return
    if key is None:
        raise HTTPException(403, LOCAL)
    raise HTTPException(401, DENIED, headers={"WWW-Authenticate": "Bearer"})
