"""What the readers share: one-to-one character folding that keeps spans, expressions over whole words."""

from __future__ import annotations

import re

_FULL = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F) if chr(code) not in ",.!?:;()"}
_SAME = (
    "萬万 億亿 兩两 點点 個个 臺台 輛辆 條条 隻只 來来 幾几 餘余 號号 時时 週周 後后 內内 預预 "
    "資资 們们 無无 過过 達达 "
    "應应 該该 廠厂 產产 頭头 〇零 幺一 仨三 倆两 俩两 壹一 貳贰 陸陆"
)
_TABLE = str.maketrans(_FULL | {pair[0]: pair[1] for pair in _SAME.split()})
_FORMAL = str.maketrans("贰叁肆伍陆柒捌玖拾佰仟", "二三四五六七八九十百千")
_FORMAL_RUN = re.compile("[一贰叁肆伍陆柒捌玖拾佰仟零万亿]{2,}")
# 陆 and 伍 are surnames too: only a run with a unit is a numeral.
_FORMAL_SIGN = re.compile("[拾佰仟]|[贰叁肆伍陆柒捌玖][万亿]|[万亿]零?[贰叁肆伍陆柒捌玖]")


def fold(text: str) -> str:
    """`text` with full-width, traditional and banker's numerals made plain; the length never changes."""
    return _FORMAL_RUN.sub(_plain, text.translate(_TABLE))


def _plain(run: re.Match[str]) -> str:
    return run.group().translate(_FORMAL) if _FORMAL_SIGN.search(run.group()) else run.group()


def whole_words(pattern: str) -> re.Pattern[str]:
    """`pattern` as an expression over whole English words and numbers, ignoring case."""
    return re.compile(rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])", re.IGNORECASE)
