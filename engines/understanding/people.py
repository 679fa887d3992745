"""Names and titles of the person who speaks: 我姓王, 王经理, my name is Karl Berg."""

from __future__ import annotations

import re
from typing import NamedTuple

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤傅章施樊"
    "兰殷葛梅盛霍应卞莹俞裴"
)
_TWO_PART = "欧阳|上官|司马|诸葛|皇甫|司徒|慕容|东方|令狐|夏侯|尉迟|公孙"
_TITLE = (
    r"(?:副?总?经理|总监|主任|主管|科长|部长|处长|厂长|院长|校长|园长|店长|馆长|局长|所长|行长|股长|组长|班长|队长|"
    r"工程师|工(?![厂作业程人地序])|总(?![共价数部公成体是])|董事长|老板娘?|老师|教授|博士|医生|大夫|护士长|会计|秘书|助理|师傅)"
)
_POLITE = r"(?:先生|女士|小姐|太太)"
_FAMILY = rf"(?:{_TWO_PART}|[{''.join(sorted(SURNAMES))}])"
_ZH = (
    re.compile(rf"(?:我|免贵|本人|鄙人)(?:这边)?(?:就)?姓(?P<name>{_TWO_PART}|[一-龥])"),
    re.compile(
        r"(?:我(?:的名字)?(?:叫|是叫)|名字叫|(?:联系人|收件人|姓名|名字)(?:是|叫|写|:|：)?)\s*"
        rf"(?P<name>{_FAMILY}[一-龥]{{0,2}}?)(?=$|[\s,，。.;；、:：\d的在,]|{_TITLE}|{_POLITE}|电话|手机|吧|啊|呀)"
    ),
    re.compile(rf"(?P<name>{_FAMILY})(?P<title>{_TITLE})"),
    re.compile(rf"(?P<name>{_FAMILY}){_POLITE}"),
)
_EN_NAME = r"[A-Z][a-zA-Z'’-]+(?: [A-Z][a-zA-Z'’-]+){0,2}"
_EN = (
    re.compile(
        rf"(?i:my name is|my name's|i am called|contact (?:person )?is|ask for|name:)\s+(?P<name>{_EN_NAME})"
    ),
    re.compile(rf"(?i:this is|i'm|i am|it's)\s+(?P<name>{_EN_NAME})(?=,| from| at| with| here|\.|$)"),
    re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s+(?P<name>{_EN_NAME})"),
)


class Person(NamedTuple):
    """Spans of a name and of a title beside it; `own` where the words say that it is the speaker's."""

    name: tuple[int, int]
    title: tuple[int, int] | None
    own: bool


def find_people(text: str) -> list[Person]:
    """The people named in `text`, the surest kinds first; no two share a name's place."""
    found: list[Person] = []
    for rank, pattern in enumerate(_ZH):
        for match in pattern.finditer(text):
            title = match.span("title") if "title" in pattern.groupindex else None
            found.append(Person(match.span("name"), title, own=rank < 2))
    for rank, pattern in enumerate(_EN):
        found += [Person(match.span("name"), None, own=rank < 1) for match in pattern.finditer(text)]
    apart: list[Person] = []
    for person in found:
        if all(person.name[1] <= other.name[0] or other.name[1] <= person.name[0] for other in apart):
            apart.append(person)
    return apart


def name_lead(said: str) -> str:
    """The words before the name in 我姓王 or 免贵姓王."""
    match = re.match(r"(?:我|本人|免贵)?(?:姓|叫)(?=.)", said)
    return match.group() if match else ""


def split_title(said: str) -> tuple[int, int]:
    """Where the name ends and where a title ends in words such as 王经理 or 王先生; equal where none follows."""
    match = re.fullmatch(rf"(?P<name>.+?)(?P<title>{_TITLE}|{_POLITE})", said)
    if match is None:
        return len(said), len(said)
    if re.fullmatch(_POLITE, match.group("title")):
        return match.end("name"), match.end("name")
    return match.end("name"), match.end("title")
