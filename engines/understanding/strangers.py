"""Things asked for that the catalogue does not have: 茅台多少一瓶, 有没有叉车, do you sell forklifts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from core.pack import Pack
from engines.understanding.surfaces import squeeze
from engines.understanding.text import HAN, fold
from engines.words import words

_OFFERED = re.compile(
    r"你们?(?:公司|家)?(?:有没有|有无|是否有|有|也?做|卖|生产|供)|贵司(?:有无|是否)|有做|做不做|卖不卖"
    r"|(?:做|卖)(?:没|吗|么|不)"
    r"|do you (?:make|sell|offer|carry|have)"
)
_NAME = re.compile(r"(?<![A-Za-z@.])[A-Z]{3,}(?![A-Za-z@.])")
_STANDARDS = frozenset(("iso", "gmp", "fda", "iatf", "haccp", "rohs", "ccc", "emc", "pdf", "ppt"))
_MODIFIER = re.compile(
    r"[一-龥](?<![的了有没做卖吗么这那些个款种买用])[一-龥](?<![的了有没做卖吗么这那些个款种买用])"
)
_ASKED = re.compile(
    r"有没有|有[一-龥]{0,6}(?:吗|么|没|卖)|卖不卖|做不做|[卖做](?:吗|么)|多少钱|什么价|怎么卖|几钱|几多"
)
_PRICED = re.compile(
    r"(?P<thing>[一-龥]{2,6}?)(?:现在|今天|到底)?(?:怎么卖|咋卖|(?:多少|几多)钱?(?:一"
    r"|每)[瓶斤盒箱包双本张部辆吨桶杯碗])"
)
_LEAD = re.compile(r"(?:请问|你们?|我想|想|问下?|一下|那个?|这个?|喂|个|的|还|现在)+")
_NO_THING = re.compile(
    r"[十百千万个的了我你他它这那几多一两吗么]|[费价款训金税票期]$|安装|培训|维保|质保|运输|服务|升级"
    r"|订阅|调试|方案|单独|分开|整[套体]|打包|批发"
)
_MACHINE = re.compile(r"(?:机|床|炉|泵|阀|仪|叉车|吊车|货车|轿车|卡车|空调|电脑)$")
_NOT_GOODS = frozenset((
    "样机", "司机", "时机", "主机", "整机", "单机", "停机", "开机", "关机", "待机", "动机", "人机", "真机",
    "危机", "有机", "裸机", "坐机", "座机", "手机", "飞机", "临床", "起床",
))  # fmt: skip
_WANTED_BEFORE = re.compile(r"(?:有没有|卖不卖|做不做|有|卖|做)(?:卖)?[一-龥]{0,4}$")
_WANTED_AFTER = re.compile(
    r"你?们?(?:多少钱|什么价|怎么卖|有没有|有吗|有卖|有做|卖吗|做吗|卖不卖|做不做|几钱|几多)"
)
_END = re.compile(r"$|[卖吗么没嘛?？,，。]")
_LONGEST = 200
"""Code points up to which a text is searched for words of machines."""
_EN_ASKED = re.compile(
    r"\b(?:do you (?:also |guys )?(?:sell|make|stock|carry|manufacture)(?: any| an?)?"
    r"|(?P<price>how much (?:is|are|for|does)(?: an?)?|do you (?:have"
    r"|offer) an?)) (?P<thing>(?:[a-z-]+ )?[a-z-]+)\b",
    re.IGNORECASE,
)
_EN_MACHINE = re.compile(
    r"(?:cutter|machine|lift|truck|printer|lathe|mill|press|palletiser|palletizer|loader|oven|pump|drill)s?$"
)
_EN_NOT_GOODS = frozenset((
    "it", "them", "these", "those", "this", "that", "one", "ones", "anything", "something", "everything",
    "things", "spare", "parts", "part", "stuff", "to", "in", "with", "for", "the", "your", "my", "our",
    "any", "other", "others", "software", "hardware", "directly", "online", "abroad", "overseas",
    "machines", "machine", "robots", "robot", "systems", "equipment", "products", "here", "there", "used",
    "second-hand", "new", "accessories",
))  # fmt: skip


class Strangers:
    """Finds what is asked for and unknown to one pack."""

    def __init__(self, pack: Pack, families: frozenset[str]) -> None:
        self._text = "\n".join(fold(text) for text in _texts(pack))
        lexicon = (
            word for known in pack.lexicon.values() for name, said in known.items() for word in (name, *said)
        )
        self._written = _written("\n".join([self._text, *map(fold, lexicon)]))
        self._families = families
        self._counted = _counted_families(families)

    def find(self, text: str, parts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Stretches that name unknown things; `parts` are the family words and pieces of names in the text."""
        low = fold(text)
        if _OFFERED.search(low):
            yield from self._modified(text, parts)
        if self._counted and (_ASKED.search(low) or _OFFERED.search(low)):
            yield from (
                found.span() for found in self._counted.finditer(low) if found.group() not in self._families
            )
        yield from self._priced(low, parts)
        if _ASKED.search(low) and len(low) <= _LONGEST:
            yield from self._machines(low)
        yield from self._english(low)

    def _modified(self, text: str, parts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Latin names that the pack never writes, and family words with a modifier that no product has."""
        for name in _NAME.finditer(text):
            if name.group().lower() not in self._written | _STANDARDS:
                yield name.start(), name.end()
        for start, end in parts:
            modifier = text[max(0, start - 2) : start]
            family = squeeze(text[start:end])[0] in self._families
            if family and _MODIFIER.fullmatch(modifier) and modifier not in self._written:
                yield start - 2, end

    def _priced(self, low: str, parts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """茅台怎么卖, 白菜多少一斤: whatever is priced by a unit."""
        taken = {place for part in parts for place in range(*part)}
        for found in _PRICED.finditer(low):
            start, end = found.span("thing")
            lead = _LEAD.match(low, start, end)
            start = lead.end() if lead else start
            known = not taken.isdisjoint(range(start, end)) or low[start:end] in self._text
            if end - start >= 2 and not known and not _NO_THING.search(low[start:end]):
                yield start, end

    def _machines(self, low: str) -> Iterator[tuple[int, int]]:
        """有没有数控机床: a word for a machine that the pack never writes."""
        for word, start, end in words(low):
            machine = len(word) >= 2 and HAN.match(word) and _MACHINE.search(word) and word not in _NOT_GOODS
            if not machine or word in self._text:
                continue
            before, after = low[max(0, start - 8) : start], low[end : end + 6]
            if _WANTED_AFTER.match(after) or (_WANTED_BEFORE.search(before) and _END.match(after)):
                yield start, end

    def _english(self, low: str) -> Iterator[tuple[int, int]]:
        for found in _EN_ASKED.finditer(low):
            said = found["thing"].split()
            if found["price"] and not _EN_MACHINE.search(found["thing"]):
                continue
            if not self._is_known(said[-1]) and not any(word in _EN_NOT_GOODS for word in said):
                yield found.span("thing")

    def _is_known(self, word: str) -> bool:
        return (
            word in self._written
            or word.removesuffix("s") in self._written
            or word.removesuffix("es") in self._written
        )


def _counted_families(families: frozenset[str]) -> re.Pattern[str] | None:
    """Families that a number tells apart (六轴): the same word with another number."""
    tails = {word[1] for word in families if re.match("[二三四五六七八九]", word) and len(word) == 2}
    return re.compile(f"[二三四五六七八九][{''.join(sorted(tails))}]") if tails else None


def _texts(pack: Pack) -> list[str]:
    """What the pack's catalogue, attributes and families write."""
    texts = [text for row in pack.products for text in (*row.name.values(), *row.aliases, *row.features)]
    texts += [value for row in pack.products for value in row.specs.values()]
    named = [*(row.names for row in pack.categories), *(row.names for row in pack.attributes)]
    texts += [word for names in named for word in chain(*names.values())]
    return texts


def _written(text: str) -> frozenset[str]:
    """Latin words and pairs of Han characters."""
    pairs = {text[place : place + 2] for place in range(len(text) - 1) if HAN.match(text[place])}
    return frozenset(re.findall(r"[a-z]+", text)) | pairs
