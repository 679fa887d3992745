"""Reads one Chinese or Arabic numeral at a given place of a folded text.

The grammar is that of speech rather than of bookkeeping: 十三万八 is 138 000, 三五十万 a range, 二十多
reaches to the next ten, and 八万九一台 is a price followed by a count.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

How = Literal["exact", "range", "more", "few", "near"]

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
SMALL = {"十": 10, "百": 100, "千": 1000}
BIG = {"万": 10**4, "亿": 10**8, "w": 10**4, "W": 10**4, "k": 10**3, "K": 10**3}
MEASURES = "台套个件条只支辆部组把张次年月周天日人位名小分秒度份家种号批层块期班工米公吨斤"

_ARABIC = re.compile(r"[0-9]{1,3}(?:[,，][0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
_DIGIT_RUN = re.compile(r"[零一二三四五六七八九]+")
_DECIMAL = re.compile(r"点([零一二三四五六七八九]+)(?![十刻])")
_KILO = re.compile("千(?=[克瓦帕伏赫焦卡])")
_SOME = re.compile(r"(?P<part>[大小]?)几(?P<unit>[十百千万亿])")
_EIGHTY = re.compile("([百千])八(?:(?<=百八)十|(?<=千八)百)")
_NOT_MORE = frozenset("少久大长高远重快")
_NOT_COME = frozenset("自说看算着讲得到源电")
_WAN_CUE = re.compile(r"预算|资金|批|投|块|元|以内|左右|价|钱|不超|报")


class Spoken(NamedTuple):
    """A numeral read: bounds, how they came about, and the end of the words."""

    low: float
    high: float
    how: How
    end: int


def read_numeral(text: str, start: int) -> Spoken | None:
    """The longest numeral that begins at `start` of the folded `text`, or None."""
    string = _digit_string(text, start)
    if string:
        return string
    reader = _Reader(text, start)
    reader.take_some()
    while reader.take():
        pass
    return reader.result()


def _digit_string(text: str, start: int) -> Spoken | None:
    """二零二六 or 九五, digits said one by one; pairs such as 二三 are left to the ranges."""
    run = _DIGIT_RUN.match(text, start)
    if run is None or len(run.group()) < 2 or text[run.end() : run.end() + 1] == "点":
        return None
    digits = run.group()
    following = text[run.end() : run.end() + 1]
    if len(digits) == 2 and (
        _is_range(digits) or following in SMALL or (following and following in MEASURES)
    ):
        leading = _is_range(digits) or following in SMALL or digits[0] == "零"
        if leading or following in "台套个件":
            return None
    value = float("".join(str(DIGITS[digit]) for digit in digits[:18]))
    return Spoken(value, value, "exact", run.end())


def _is_range(pair: str) -> bool:
    """Whether two digits in a row say "from … to …": 二三, 两三, 三五."""
    if len(pair) != 2 or pair[0] not in DIGITS or pair[1] not in DIGITS or pair[0] == "零":
        return False
    return (DIGITS[pair[1]] == DIGITS[pair[0]] + 1 and pair[1] != "二") or pair in ("一二", "三五")


class _Reader:
    """Walks one numeral; `done` is what 万 and 亿 have closed, `section` what they have not."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = self.pos = start
        kilo = _KILO.search(text, start, start + 24)
        self.stop = kilo.start() if kilo else len(text)
        """Where 千克 or 千瓦 begins: a unit of measure, no thousand."""
        self.done = (0.0, 0.0)
        self.section = (0.0, 0.0)
        self.unit: float | None = None
        """The size of the unit just said; None before the first."""
        self.big = 10**13
        self.zero = False
        self.closed = False
        """Nothing but 万, 亿 or a vague word may follow."""
        self.how: How = "exact"
        self.vague_step: float | None = None

    def take_some(self) -> None:
        """几十, 几百万, 大几万 at the start: 20 to 90, the upper half after 大, the lower after 小."""
        found = _SOME.match(self.text, self.pos)
        if found is None:
            return
        low, high = {"": (2, 9), "大": (5, 9), "小": (2, 4)}[found["part"]]
        unit = SMALL.get(found["unit"], 1)
        self.pos += found.start("unit") - found.start()
        self._add(low, high, unit, unit > 1)
        self.how, self.closed = "few", True

    def result(self) -> Spoken | None:
        """What was read, None where nothing was."""
        if self.pos == self.start:
            return None
        low, high = (round(a + b, 6) for a, b in zip(self.done, self.section, strict=True))
        return Spoken(low, high, self.how, self.pos)

    def take(self) -> bool:
        """Reads one more piece; False at the end of the numeral."""
        char = self._peek()
        if not char:
            return False
        if not self.closed and char in "0123456789":
            return self._arabic()
        if not self.closed and char in DIGITS:
            return self._zero() if char == "零" else self._digit()
        if char in SMALL or char in "廿卅":
            return self._bare_unit(char)
        if char in BIG:
            return self._big(char)
        if char == "点":
            return self._decimal()
        if char == "个" and self._peek(1) in ("亿", "w", "W"):
            return self._counted_big()
        return char in "来把多余几好" and self._vague(char)

    def _counted_big(self) -> bool:
        """两个亿, 六十个w: the counting word says nothing."""
        self.pos += 1
        if self._big(self._peek()):
            return True
        self.pos -= 1
        return False

    def _peek(self, ahead: int = 0) -> str:
        place = self.pos + ahead
        return self.text[place : place + 1] if place < self.stop else ""

    def _add(self, low: float, high: float, unit: float, width: int) -> bool:
        self.section = (self.section[0] + low * unit, self.section[1] + high * unit)
        self.unit, self.zero = unit, False
        self.pos += width
        if high > low and self.how == "exact":
            self.how = "range"
        return True

    def _fits(self, unit: float) -> bool:
        """Whether `unit` may follow the last one: directly beneath it, or anywhere beneath after 零."""
        if self.unit is None or (self.zero and unit < self.unit):
            return True
        return unit == self.unit / 10 or (self.unit == 10**8 and unit == 1000)

    def _digit(self) -> bool:
        width = 2 if _is_range(self.text[self.pos : self.pos + 2]) else 1
        low, high = DIGITS[self._peek()], DIGITS[self._peek(width - 1)]
        following = self._peek(width)
        if following in SMALL:
            return self._fits(SMALL[following]) and self._add(low, high, SMALL[following], width + 1)
        return self._last_digit(low, high, width)

    def _last_digit(self, low: float, high: float, width: int) -> bool:
        """A digit without a unit: the ones, or one unit beneath the last (十三万八)."""
        if self.unit is None or self.zero or self.unit == 10:
            self.closed = True
            return self._add(low, high, 1, width)
        if self.unit < 100 or not self._is_tail(low, width):
            return False
        self.closed = True
        return self._add(low, high, self.unit / 10, width)

    def _is_tail(self, digit: float, width: int) -> bool:
        """Whether 八 in 十三万八 belongs to the number: 八万九一台 and 三万三台 end before the count."""
        following = self._peek(width)
        if self._peek() == "两" or following == "点":
            return False
        if following in BIG:
            return self.unit != 10**4
        counted = following and following in MEASURES and following != "块"
        return not (counted and (digit == 1 or self.unit != 100 or following in "台套"))

    def _arabic(self) -> bool:
        found = _ARABIC.match(self.text, self.pos)
        if found is None:
            return False
        words, width = found.group(), len(found.group())
        value = float(re.sub("[,，]", "", words)[:24])
        gap = self._peek(width) == " " and self._peek(width + 1) in ("百", "千", "万", "亿")
        following = self._peek(width + gap)
        if following in ("百", "千") and value < 100 and self._fits(SMALL[following]):
            return self._add(value, value, SMALL[following], width + gap + 1)
        if self.unit is None or self.zero or (width >= 4 and value < self.unit):
            self.closed = True
            self._add(value, value, 1, width + (gap and following in BIG))
            self.unit = _step(words)
            return True
        return width == 1 and value > 0 and self._last_digit(value, value, width)

    def _zero(self) -> bool:
        after = self._peek(1)
        if self.pos == self.start:
            if after != "点" or not _DECIMAL.match(self.text, self.pos + 1):
                return False
        elif (
            self.zero
            or self.unit is None
            or not (after in DIGITS or after in ("十", "廿") or after.isdigit())
        ):
            return False
        self.pos += 1
        self.zero = True
        return True

    def _bare_unit(self, char: str) -> bool:
        """十 and 廿 stand alone; 百 and 千 only in 百来, 千把, 百万."""
        if self.closed:
            return False
        if char in "廿卅":
            return self._fits(10) and self._add(2 + (char == "卅"), 2 + (char == "卅"), 10, 1)
        if char == "十":
            return self._fits(10) and self._add(1, 1, 10, 1)
        eighty = _EIGHTY.match(self.text, self.pos)
        if eighty and self.unit is None:
            self.closed = True
            return self._add(8, 10, SMALL[char] / 10, 3)
        following, then = self._peek(1), self._peek(2)
        if char == "百" and following == "十" and self.unit is None and then != "分":
            return self._hundred_odd(2 + (then == "来"))
        vague = following in ("来", "把", "余") or (following == "多" and then not in _NOT_MORE)
        whole = following == "万" and not (char == "千" and then in tuple("别不要记得注当小勿"))
        return self.unit is None and (vague or whole) and self._add(1, 1, SMALL[char], 1)

    def _hundred_odd(self, width: int) -> bool:
        """百十来个: 110, 10 % either way."""
        self._add(99, 121, 1, width)
        self.how, self.closed, self.unit = "near", True, 10
        return True

    def _big(self, char: str) -> bool:
        unit = BIG[char]
        if char in "wWkK" and not self._is_suffix(char):
            return False
        if unit >= self.big or self.section[1] == 0:
            return (
                self.pos == self.start and char == "万" and self._peek(1) == "把" and self._add(1, 1, unit, 1)
            )
        self.done = (self.done[0] + self.section[0] * unit, self.done[1] + self.section[1] * unit)
        self.section, self.big = (0.0, 0.0), unit
        step = self.unit or 1
        self.vague_step = step * unit
        self.unit, self.zero = unit, False
        self.closed = self.how in ("more", "near", "few")
        self.pos += 1
        return True

    def _is_suffix(self, char: str) -> bool:
        """W and k straight after digits; a capital W is watts unless the talk is of money."""
        before, after = self.text[self.pos - 1 : self.pos], self._peek(1)
        spoken = before and (before in DIGITS or before in SMALL or before in "0123456789多来几把个")
        if not spoken or (after.isascii() and after.isalnum() and not before.isdigit()):
            return False
        if after.isascii() and after.isalpha():
            return False
        around = self.text[max(0, self.start - 12) : self.pos + 8]
        return char != "W" or _WAN_CUE.search(around) is not None

    def _decimal(self) -> bool:
        found = _DECIMAL.match(self.text, self.pos)
        if found is None or self.pos == self.start or self.how != "exact" or (self.unit or 1) > 1000:
            return False
        if self.done[1] or any(
            char not in DIGITS and char not in SMALL for char in self.text[self.start : self.pos]
        ):
            return False
        if self._is_clock(found):
            return False
        digits = "".join(str(DIGITS[digit]) for digit in found.group(1)[:12])
        self._add(float(f"0.{digits}"), float(f"0.{digits}"), 1, len(found.group()))
        self.unit = 10.0 ** -len(digits)
        self.closed = True
        return True

    def _is_clock(self, found: re.Match[str]) -> bool:
        """三点五分 is a time of day."""
        return self.text[found.end() : found.end() + 1] == "分" and self.section[0] >= 1

    def _vague(self, char: str) -> bool:
        following = self._peek(1)
        if self.unit is None or self.zero or self.how not in ("exact", "range"):
            return False
        if char == "好":
            return following == "几" and self._few(self._peek(2), width=2)
        if char == "几":
            return self._few(following)
        if char in "多余":
            return not (char == "多" and following in _NOT_MORE) and self._more()
        if following in _NOT_COME or (self.unit < 10):
            return False
        return self._near()

    def _few(self, following: str, width: int = 1) -> bool:
        """十几台 or 十好几台 is 11 to 19; 十几万 reaches over the whole ten, as 多 does."""
        if self.unit != 10 or self.closed:
            return False
        self.pos += width - 1
        if following in BIG:
            return self._more()
        self.section = (self.section[0] + 1, self.section[1] + 9)
        return self._end_vague("few")

    def _more(self) -> bool:
        step = self.vague_step if self.section[1] == 0 and self.vague_step else self.unit or 1
        if self.section[1] or not self.done[1]:
            self.section = (self.section[0], self.section[1] + step)
        else:
            self.done = (self.done[0], self.done[1] + step)
        return self._end_vague("more")

    def _near(self) -> bool:
        self.section = (self.section[0] * 0.9, self.section[1] * 1.1)
        self.done = (self.done[0] * 0.9, self.done[1] * 1.1)
        return self._end_vague("near")

    def _end_vague(self, how: How) -> bool:
        self.how = how
        self.closed = True
        self.pos += 1
        return True


def step_of(value: float) -> float:
    """The unit of the last digit that is not a zero: 100 for 300, 10 for 150."""
    return _step(f"{value:.0f}")


def _step(words: str) -> float:
    """The unit of the last digit that is not a zero: 100 for 300, 10 for 150, 0.1 for 13.8."""
    whole, _, fraction = re.sub("[,，]", "", words).partition(".")
    if fraction:
        return 10.0 ** -len(fraction)
    stripped = whole.rstrip("0")
    return 10.0 ** min(len(whole) - len(stripped), 12) if stripped else 1.0
