"""Places, written and misheard, and the provinces they lie in."""

import pytest

from engines.normalise.places import find_places, provinces_of


@pytest.mark.parametrize(
    ("text", "name", "province"),
    [
        ("我们厂在慈溪", "慈溪", "浙江"),
        ("浙江省宁波市余姚市", "余姚", "浙江"),
        ("广东佛山顺德", "顺德", "广东"),
        ("苏州工业园区", "苏州", "江苏"),
        ("我姓林,浦江的", "浦江", "浙江"),
        ("在合作市", "合作", "甘肃"),
        ("our plant is in Foshan", "Foshan", "广东"),
        ("near jiaxing", "jiaxing", "浙江"),
        ("Suzhou, Jiangsu", "Suzhou", "江苏"),
        ("厂在林波", "宁波", "浙江"),
        ("我们在无席", "无锡", "江苏"),
    ],
)
def test_place(text: str, name: str, province: str) -> None:
    assert [(place.name, place.province) for place in find_places(text)] == [(name, province)]


def test_two_cities_side_by_side_are_two() -> None:
    assert [place.name for place in find_places("Not Suzhou, Wuxi")] == ["Suzhou", "Wuxi"]
    assert [place.name for place in find_places("不在苏州,无锡")] == ["苏州", "无锡"]


@pytest.mark.parametrize(
    "text",
    [
        "我们在开会",
        "多合作",
        "在用着呢",
        "北京路",
        "广东话",
        "阿里云",
        "我们很满意",
        "在找供应商",
        "换到另一个",
        "可以打开封口",
        "I have a say in it",
    ],
)
def test_no_place(text: str) -> None:
    assert find_places(text) == []


def test_group_of_provinces() -> None:
    assert provinces_of("江浙沪") == ("江苏", "浙江", "上海")
    assert provinces_of("珠三角") == ("广东",)
    assert find_places("我们做长三角的")[0].provinces == ("江苏", "浙江", "上海", "安徽")


@pytest.mark.parametrize(
    ("place", "province"),
    [
        ("苏州", "江苏"),
        ("昆山市", "江苏"),
        ("Hefei", "安徽"),
        ("四川", "四川"),
        ("浙江宁波", "浙江"),
        ("东莞厚街", "广东"),
        ("火星", None),
    ],
)
def test_province(place: str, province: str | None) -> None:
    assert provinces_of(place) == ((province,) if province else ())
