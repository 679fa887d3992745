"""Who is an operator: the holder of the key, or, where none is set, whoever sits at this machine."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from secrets import compare_digest

from pydantic import SecretStr

PASSED_ON = frozenset({"forwarded", "via", "x-real-ip", "cf-connecting-ip", "true-client-ip"})
"""Headers by which a proxy says that it passed a request on."""


def is_operator(key: SecretStr | None, given: str | None, *, client: str, headers: Mapping[str, str]) -> bool:
    """Whether a request may use the operator's side; `given` is the key it brings, `client` its address."""
    if key is not None:
        secret = key.get_secret_value()
        return bool(secret) and compare_digest((given or "").encode(), secret.encode())
    return from_here(client, headers)


def from_here(client: str, headers: Mapping[str, str]) -> bool:
    """Whether client, host and origin of a request are this machine, and no proxy says that it stands between.

    A browser that another site has sent here names another host or origin. A proxy that adds no header cannot
    be told from a client of this machine: behind one, set a key.
    """
    if any(name.lower() in PASSED_ON or name.lower().startswith("x-forwarded-") for name in headers):
        return False
    named = [client, _without_port(headers.get("host", ""))]
    if origin := headers.get("origin"):
        named.append(_without_port(origin.partition("://")[2]))
    return all(map(loopback, named))


def loopback(host: str) -> bool:
    """Whether a name or an address means the machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    return host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]
