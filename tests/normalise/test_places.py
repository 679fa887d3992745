"""Places and how they sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.normalise.fuzzy import pinyin_key, sounds_like
from engines.normalise.places import find_places, province_of, provinces_of


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
    assert province_of("江浙沪") is None
    assert province_of("珠三角") == "广东"
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
    assert province_of(place) == province


def test_accents_share_a_key() -> None:
    for left, right in (
        ("宁波", "林波"),
        ("支持", "资词"),
        ("湖南", "弗兰"),
        ("协作臂", "写作臂"),
        ("民", "名"),
    ):
        assert pinyin_key(left) == pinyin_key(right)
    assert pinyin_key("K5协作臂") == "k 5 xie zuo bi"


def test_nearer_sounds_score_higher() -> None:
    assert sounds_like("焊接站", "焊结站") == 1
    assert sounds_like("焊接站", "焊接") > sounds_like("焊接站", "视觉") == 0
    assert sounds_like("", "焊接") == 0


@given(st.text(max_size=12), st.text(max_size=12))
def test_likeness_is_symmetric_and_bounded(left: str, right: str) -> None:
    score = sounds_like(left, right)
    assert 0 <= score <= 1
    assert score == pytest.approx(sounds_like(right, left))
    assert sounds_like(left, left) == (1 if pinyin_key(left) else 0)


@given(
    st.text(alphabet="宁波林北京上海温州厂在", max_size=6),
    st.text(alphabet="宁波林北京上海温州厂在", max_size=6),
)
def test_keys_concatenate(left: str, right: str) -> None:
    assert pinyin_key(left + right).split() == pinyin_key(left).split() + pinyin_key(right).split()
