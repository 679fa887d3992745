"""Names and titles of the person who speaks: 我姓王, 王经理, my name is Karl Berg."""

from __future__ import annotations

import re
from typing import NamedTuple

SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤傅章施樊"
    "兰殷葛梅盛霍应卞莹俞裴蒲纪祁佟冉蔺毕詹柳聂戚祝涂阮骆虞倪柯章邢岑温焦翁"
)
_RARE = "项屈古沙洪路植卓简牛车池甄晏柏成艾丛冼庄岳巩戚揭易景曲海游琚甘申盘盖褚谷边连鲍鲁麦齐"
"""Surnames that are words too: read only where a title follows and nothing runs on into them."""
_TWO_PART = "欧阳|上官|司马|诸葛|皇甫|司徒|慕容|东方|令狐|夏侯|尉迟|公孙"
_TITLE = (
    r"(?:副?总?经理|总监|主任|主管|科长|部长|处长|厂长|院长|校长|园长|店长|馆长|局长|所长|行长|股长|组长"
    r"|班长|队长|"
    r"工程师|工(?![厂作业程人地序])|总(?![共价数部公成体是])|董事长|老板娘?|老师|教授|博士|医生|大夫"
    r"|护士长|会计|秘书|助理|师傅)"
)
_POLITE = r"(?:先生|女士|小姐|太太)"
_FAMILY = rf"(?:{_TWO_PART}|[{''.join(sorted(SURNAMES))}])"
_CLOSED = r"(?=$|[\s,，。.;；、:：!！?？\d]|就|吧|啊|呀|哈)"
_FIELD = r"(?:采购|设备|财务|行政|销售|生产|技术|仓储|仓库|质量|工艺|后勤)(?:部|科|处)?"
_POST = r"(?:主管|经理|主任|科长|部长|专员|助理|工程师|员)"
POSTS = rf"{_FIELD}{_POST}?"
"""Wordings of a post in a company."""
_ZH = (
    re.compile(rf"(?:我|免贵|本人|鄙人|敝人?|在下)(?:这边)?(?:就)?姓(?P<name>{_TWO_PART}|[一-龥])"),
    re.compile(rf"(?:我性|(?:^|[\s,，。;；])姓)(?P<name>{_TWO_PART}|(?![什啥哪])[一-龥]){_CLOSED}"),
    re.compile(
        r"(?:我(?:的名字)?(?:叫|是叫)|名字叫|(?:联系人|收件人|姓名|名字)(?:是|叫|写|:|：)?)\s*"
        rf"(?P<name>{_FAMILY}[一-龥]{{0,2}}?)(?=$|[\s,，。.;；、:：\d的在,]|{_TITLE}|{_POLITE}|电话|手机"
        rf"|吧|啊|呀)"
    ),
    re.compile(rf"我是(?P<name>(?:{_TWO_PART})[一-龥]{{0,2}}){_CLOSED}"),
    re.compile(rf"(?:是|我)(?P<title>{POSTS})的?(?P<name>{_FAMILY}){_CLOSED}"),
    re.compile(
        rf"我是(?:[^\s,，。;；]{{1,12}}的)?(?P<title>{_FIELD}{_POST})[小老](?P<name>{_FAMILY}){_CLOSED}"
    ),
    re.compile(rf"(?:叫我|我是|[是我的])(?P<title>{POSTS})?的?(?P<name>[小老]{_FAMILY}){_CLOSED}"),
    re.compile(rf"(?P<name>{_FAMILY})(?P<title>{_TITLE})"),
    re.compile(rf"(?P<name>{_FAMILY}){_POLITE}"),
    re.compile(rf"(?:^|(?<=[\s,，。;；、找叫是我部科处室厂司]))(?P<name>[{_RARE}])(?P<title>{_TITLE})"),
    re.compile(rf"我系[一-龥]{{0,4}}?嘅?(?P<name>{_FAMILY})生(?=$|[\s,，。!！讲])"),
)
_SELF = re.compile(
    r"(?:我(?:这边|这里)?(?:就)?(?:是|叫)|[叫找]我|这[里边]是|我是[^,，。;；我你他]{1,14}"
    r"|(?:找|联系|问)(?:一?下)?(?:我们?)?[一-龥]{1,4}[部科处室])$"
)
"""Words before a name that make it the speaker's, or that of the one to be spoken to."""
_ANOTHERS = re.compile(rf"(?:{_TITLE}|{_POLITE})?(?:的(?![,，。]|$)|那边|手下|让|叫我|介绍|推荐)")
_EN_NAME = r"[A-Z][a-zA-Z'’-]+(?: [A-Z][a-zA-Z'’-]+){0,2}"
_EN = (
    re.compile(
        r"(?i:my name is|(?:my )?name'?s|i am called|i'm called|you can call me|just call me"
        r"|contact (?:person )?is|name:)\s+"
        rf"(?P<name>{_EN_NAME})"
    ),
    re.compile(
        r"\b(?:my name is|(?:my )?name'?s) (?!(?:not|the|on|in)\b)(?P<name>[a-z'-]{2,}(?: [a-z'-]{2,})?)"
        r"(?=$|[,.]| (?:from|and|at|here|calling|i)\b)"
    ),
    re.compile(rf"(?i:this is|i'm|i am|it's)\s+(?P<name>{_EN_NAME})(?=,| from| at| with| here|\.|$)"),
    re.compile(
        r"(?:^|[,.!?] |\b(?i:hi|hello|yes),? )(?!(?:Come|Right|Over|Any|Out|New|Not|Nobody|Still|Back"
        r"|Everyone|Someone|Live|Only|Good|Hi|Hello)\w*\b)"
        rf"(?P<name>{_EN_NAME}) (?:here|speaking)(?=[,.!]| from| at|$)"
    ),
    re.compile(rf"(?i:ask for)\s+(?P<name>{_EN_NAME})"),
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
    for pattern in _ZH:
        for match in pattern.finditer(text):
            title = match.span("title") if "title" in pattern.groupindex and match["title"] else None
            found.append(Person(match.span("name"), title, own=_is_own(text, match)))
    for rank, pattern in enumerate(_EN):
        found += [Person(match.span("name"), None, own=rank < 2) for match in pattern.finditer(text)]
    apart: list[Person] = []
    taken: set[int] = set()
    for person in found:
        places = set(range(*person.name))
        if taken.isdisjoint(places):
            taken |= places
            apart.append(person)
    return apart


def _is_own(text: str, match: re.Match[str]) -> bool:
    """Whether the words around a Chinese name say that it is the speaker's."""
    if _ANOTHERS.match(text, match.end("name")):
        return False
    led = match.start() < match.start("name") and not match.group().startswith(("联系", "收件", "姓名", "的"))
    return led or _SELF.search(text, max(0, match.start("name") - 16), match.start("name")) is not None


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
