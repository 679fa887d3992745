from __future__ import annotations

import itertools

import pytest

from core.pack import Pack
from engines.understanding.products import ProductLinker


@pytest.fixture(scope="module")
def linker(pack: Pack) -> ProductLinker:
    return ProductLinker(pack)


def linked(linker: ProductLinker, text: str) -> list[str | None]:
    return [link.product for link in linker.link(text)]


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("晨曦双头多少钱", ["CM-D2"]),
        ("D2和G3各来一台", ["CM-D2", "GR-G3"]),
        ("G三什么价", ["GR-G3"]),
        ("how much is the d two", ["CM-D2"]),
        ("two d1s please", ["CM-D1"]),
        ("磨豆机跟小晨一起拿", ["GR-G3", "CM-D1"]),
        ("沉西双头多少钱", ["CM-D2"]),
    ],
)
def test_names_codes_and_misheard_names_are_linked_in_order(
    linker: ProductLinker, text: str, products: list[str]
) -> None:
    assert linked(linker, text) == products


@pytest.mark.parametrize(
    "text",
    [
        "咖啡机多少钱",
        "你们卖什么",
        "do you sell a coffee machine",
        "D20 is my parking spot",
        "我们自己有磨豆机",
    ],
)
def test_a_family_word_or_somebody_elses_machine_names_nothing(linker: ProductLinker, text: str) -> None:
    assert not [product for product in linked(linker, text) if product]


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("咖啡机十二升的多少钱", "CM-D2"),
        ("那个五升的咖啡机", "CM-D1"),
        ("五升那个", "CM-D1"),
        ("the 12 litre one", "CM-D2"),
        ("咖啡机里小的那个", "CM-D1"),
        ("咖啡机要大的那款", "CM-D2"),
    ],
)
def test_a_specification_picks_one_of_a_family(linker: ProductLinker, text: str, product: str) -> None:
    assert linked(linker, text) == [product]


def test_a_value_alone_is_no_product(linker: ProductLinker) -> None:
    assert linked(linker, "我们每天用十二升牛奶") == []


@pytest.mark.parametrize("text", ["D9有吗", "你们做不做全自动咖啡机", "do you make the D7"])
def test_a_thing_that_the_catalogue_lacks_is_an_explicit_none(linker: ProductLinker, text: str) -> None:
    assert linked(linker, text) == [None]


def test_spans_lie_in_the_text_and_apart(linker: ProductLinker) -> None:
    text = "磨豆机 G 3 跟 晨曦 双头,还有五升的咖啡机"
    links = linker.link(text)
    assert len(links) == 3
    assert all(0 <= link.start < link.end <= len(text) for link in links)
    assert all(one.end <= other.start for one, other in itertools.pairwise(links))
