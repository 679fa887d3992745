"""Reads places and the provinces they lie in."""

from __future__ import annotations

import re
from functools import lru_cache

from engines.normalise.places import province_of

_GROUPS = {
    "江浙沪": ("江苏", "浙江", "上海"),
    "京津冀": ("北京", "天津", "河北"),
    "东三省": ("辽宁", "吉林", "黑龙江"),
    "川渝": ("四川", "重庆"),
    "两广": ("广东", "广西"),
    "珠三角": ("广东",),
    "长三角": ("江苏", "浙江", "上海", "安徽"),
}
_ALL = re.compile(
    r"全国|全中国|各省|各地|全球|哪里都|(?:all (?:over|across)|throughout|anywhere in|across) china|nationwide|worldwide",
    re.IGNORECASE,
)
EVERYWHERE = "*"
_WORD = re.compile(r"[A-Z][a-z]+")


@lru_cache(maxsize=4096)
def _province(word: str) -> str | None:
    return province_of(word)


def places_in(text: str) -> dict[str, frozenset[str]]:
    """Place as written to its provinces; EVERYWHERE for the whole country."""
    found: dict[str, frozenset[str]] = {}
    rest = text
    for group, provinces in _GROUPS.items():
        if group in rest:
            found[group] = frozenset(provinces)
            rest = rest.replace(group, "  ")
    if _ALL.search(rest):
        found[EVERYWHERE] = frozenset({EVERYWHERE})
    for word in _candidates(rest):
        province = _province(word)
        if province is not None:
            found[word] = frozenset({province})
    return found


def _candidates(text: str) -> list[str]:
    words = _WORD.findall(text)
    for run in re.findall(r"[\u4e00-\u9fff]+", text):
        words += [run[i : i + size] for size in (2, 3) for i in range(len(run) - size + 1)]
    return words
