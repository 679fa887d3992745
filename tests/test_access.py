"""Who is an operator, and who only looks like one."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from core.access import is_operator
from core.settings import Settings

HERE = {"host": "127.0.0.1:8100"}


@pytest.mark.parametrize("key", ["", "   "])
def test_an_empty_key_is_none(key: str) -> None:
    assert Settings(desk_key=SecretStr(key)).desk_key is None


@pytest.mark.parametrize("key", ["short", "schlüssel-lang-genug"])
def test_a_weak_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="printable ASCII"):
        Settings(desk_key=SecretStr(key))


def test_an_empty_secret_lets_nobody_in() -> None:
    assert not is_operator(SecretStr(""), "", client="8.8.8.8", headers={})
    assert not is_operator(SecretStr(""), None, client="127.0.0.1", headers=HERE)


@pytest.mark.parametrize("name", ["x-real-ip", "X-Forwarded-Proto", "via", "forwarded", "cf-connecting-ip"])
def test_what_a_proxy_passed_on_is_not_from_here(name: str) -> None:
    assert is_operator(None, None, client="127.0.0.1", headers=HERE)
    assert not is_operator(None, None, client="127.0.0.1", headers={**HERE, name: "8.8.8.8"})
