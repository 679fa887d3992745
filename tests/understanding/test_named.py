"""A list of ways to name products, over a pack that comes with Talktrack."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from domains.load import load_pack
from engines.understanding.products import ProductLinker

NAMED: dict[str, dict[str, list[str | None]]] = yaml.safe_load(
    Path(__file__).with_name("named.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def linker() -> ProductLinker:
    return ProductLinker(load_pack("qiheng"))


@pytest.mark.parametrize(
    ("text", "products"), [(text, products) for rows in NAMED.values() for text, products in rows.items()]
)
def test_what_is_named_is_linked(linker: ProductLinker, text: str, products: list[str | None]) -> None:
    assert [link.product for link in linker.link(text)] == products
