"""Classes that free wording falls into: the customer's part in the decision, and how they want to pay."""

from __future__ import annotations

import re
from typing import NamedTuple

from engines.understanding.people import SURNAMES
from engines.understanding.text import fold


class Class(NamedTuple):
    """A class and where the words for it stand."""

    value: str
    start: int
    end: int


def _any(*wordings: str) -> re.Pattern[str]:
    return re.compile("|".join(wordings))


_ANY = r"[一-龥]{0,4}"
_CHIEF = (
    r"(?:老板娘?|领导(?:班子)?|老总|总裁|(?:总)?经理|厂长|董事[会长]?|总部|总公司|上面|上头|上级|采购部?"
    r"|集团|财务|校长|店长"
    r"|院长|所长|主任|股东会?|合伙人|家里|老爷子|我[爸妈哥姐弟妹]|老公|老婆|媳妇|堂客|总监|总工(?:程师)?"
    r"|厂里|公司(?!规定)"
    r"|部门|委员会|小组|招标办|院办|总务处?|办公会|评审组|设备科|基建科|业主方?|业委会|甲方|教代会|工会"
    r"|副总|老大|书记|[馆站区镇园行处科部局县]长|VP"
    rf"|[{''.join(sorted(SURNAMES))}]总(?![包部价数体]))"
)
_CHIEF_EN = (
    r"(?:boss|board|directors?|owners?|manager|ceo|cfo|md|gm|president|chairman|head office|hq"
    r"|headquarters|head teacher"
    r"|committee|procurement|purchasing|partners?|management|trustees|group|father|wife|husband|brother"
    r"|accountant"
    r"|legal department|finance|landlord|bursar|treasurer|council|parent|son|dad|chief|officer)"
)
_RULE = r"(?:拍板|说了算|讲了算|话事|做主|作主|定夺|决定|(?<![规指肯固稳确约协])定(?!制|做|期|位|金|时|的调))"
_AGREE = rf"(?:{_RULE}|批|同意|点头|摇头|签|审[批议核]?|过目|过会|核准|表决|投票|发了?话|把关|判断|通过|讨论|商量|管[钱账])"
_CHARGE = r"(?:[负付富护][责则]|管|经手|做主|理|的事)"
_PROPOSE = r"(?:选型|推荐|提建议|建议|提出|出方案|技术评审|编制[一-龥]{0,2}规范|供方考察|提[一-龥]{0,2}方案)"
_LEFT = (
    r"(?:已经?|早就?|都|刚|我(?=[离退辞])|已于[一-龥]{1,3})(?:从[一-龥]{2,6})?(?:离职|退休|辞职|调走|不干|不跟|跳槽|退下来"
    r"|调[到任])|不在(?:那|这)[一-龥]{0,5}了"
    r"|(?:卖给别人|盘出去)了?|去年就?跳槽"
)
_OTHER_JOB = (
    r"(?:前台|司机|开[叉货]?车的|保洁|门卫|看门|收银|实习|学生|仓库|食堂|厨师|打工|跑腿|借调|保安|文员|人事|法务"
    r"|安全员|收货|临时工)"
)
_NONE = _any(
    rf"(?:不|勿|唔|没)(?:是|系)?(?:[归规由属]于?)?(?:我们?|本部门|阿拉)(?:个人|来)?{_CHARGE}[一-龥]{{0,3}}",
    r"[不勿唔][归规由属]于?(?:我|本部门)[一-龥]{0,3}|不在我的?[一-龥]{0,4}范围",
    rf"(?:我们?|本人|本部门|科室)[一-龥]{{0,4}}?(?:不|勿|唔)(?:[负付富护]责|管(?!用|怎)|碰|经手|掺和){_ANY}",
    r"(?:我|可)管不[了着到][一-龥]{0,4}|轮不到我|插不上手|说不上话|问不着我|跟我不沾边|(?:跟"
    r"|和)我没(?:啥|什么)?关系",
    _LEFT,
    rf"(?:我(?!们)|阿拉)[一-龥]{{0,3}}?(?:是|系|就一|一个|在这)[一-龥]{{0,4}}?{_OTHER_JOB}|我打工",
    r"(?:我|本人|本部门)(?:真的)?(?:只|仅|净系)(?:是)?(?:管|负责|代收)(?!用|技术|选型|评审|编制|提|考察"
    r"|出|推荐)[一-龥]{0,6}",
    r"(?:^|[\s,，。;；])不管(?:设备|采购|机器|买|这[个块些事])[一-龥]{0,2}",
    r"归(?!我|到)[一-龥]{1,6}(?:管|负责)|现在是?[一-龥]{1,6}在(?:负责|管|盯)",
    r"i(?:'m| am)?(?: only| just)? not (?:in charge|responsible|the (?:right|one))[a-z ]{0,20}",
    r"(?:not|isn't|aren't|outside|not (?:among|in|within|part of))(?: of)? (?:my|mine)(?! (?:call"
    r"|decision))[a-z ]{0,14}|^not me$|nothing to do with (?:me|buying)",
    r"i (?:only |just )?(?:don't|do not) (?:handle|deal|look after|make|do|buy|work)[a-z ]{0,20}"
    r"|contracts aren't mine",
    r"i(?:'ve)? (?:left|quit|retired|sold)(?! a)[a-z ]{0,20}|no longer (?:at|with|work)[a-z ]{0,12}"
    r"|i(?:'m| am) retired",
    r"(?:only|just) (?:the |a |an )?(?:receptionist|temp|intern|cleaner|driver|cook)|i just (?:answer"
    r"|mop)[a-z ]{0,14}",
    r"i'm (?:the |a |an )(?:receptionist|temp|intern|cleaner|driver|cook)\b|wrong person",
)
_POWERLESS = _any(
    r"没(?:有)?(?:这个|啥|什么|那个?)?(?:审批|决定)?权(?!威)[一-龥]{0,2}|无权[一-龥]{0,2}"
    r"|不具[一-龥]{0,3}权限",
    r"做[不勿]了?[这那]?个?主|不当家|哪[一-龥]{0,2}做得了[一-龥]{0,2}主",
    r"no (?:authority|say)[a-z ]{0,10}|(?:don't|do not) have (?:the |a |any )?(?:authority|say)",
)
_INFLUENCER = _any(
    r"不是我(?:一个人)?(?:能)?(?:定|说了算|做主|决定|拍板)的?",
    r"我(?:一个人)?(?:定不了|说了(?:不算|没用)|拍不了板)",
    rf"(?<!你们)(?<!贵司)(?:要|得|还得|需要?|由|须|听|等|让|经|最后)?(?:我们|咱)?(?:{_CHIEF}|他们?(?!们)"
    rf"|她|人家)[一-龥]{{0,5}}?(?<![我咱]){_AGREE}(?!我定)",
    rf"(?:要|得|还得|需要?|须经?|由(?!于)|等)(?:去)?(?:跟|和|与|向|找|问问?|请示|报|给|提交)?(?:我们|咱"
    rf"|我)?{_CHIEF}[一-龥]{{0,4}}"
    r"(?:商量|汇报|请示|报批|同意|看看|看过|问问|回来)?",
    r"(?:我|得)[跟和与](?!你)[^,，。我你]{1,8}(?:商量|合计|一起|两个人|共同|讨论|汇报)",
    rf"(?:请示(?!谁)|汇报给?|报(?!个)|提交至?)(?:一下)?(?:我们|咱)?{_CHIEF}|上会[一-龥]{{0,3}}|开董事会"
    rf"|开会(?:定|决定|讨论)",
    r"(?<!你们)(?<!您)(?:[^我你您,，。]{2,8})(?<!自己)(?<!个人)(?<!这边)(?<!那边)说了算",
    rf"{_CHIEF}(?:刚|也|又|都|今天)?[说讲]了?[一-龥]{{0,4}}(?:不上|不买|不搞|不批|先放|先不|暂缓|缓一?缓|别上|往后)",
    r"我俩一起|两个人都同意|大家?一起定|过半数同意|集体决定",
    rf"(?:(?:我|本人)(?!们|司|方)[一-龥]{{0,3}}?|[只仅]?负责){_PROPOSE}|^提建议$",
    rf"(?:(?:my|our|the) )?\b{_CHIEF_EN}\b(?!s? and you)[a-z', ]{{0,25}}?\b(?:decid\w*|approv\w*|sign\w*"
    rf"|calls? the|(?<=s )call|say|agree\w*"
    r"|decision|word|choos\w*|picks?|votes?|buys?|dictates?|negotiates?)\b",
    rf"(?:up to|ask|check with|run (?:it|this) (?:by|past)|take (?:it|this) to|approval from|convince"
    rf"|report to|lies with|rests with"
    rf"|talk to|go to) (?:my|our|the) {_CHIEF_EN}",
    r"not (?:just )?(?:my|up to me)[a-z ]{0,12}|(?:he|she|they) decides?|not approve",
    r"i (?:only |just |can |can only |could only )+(?:recommend|advise|suggest"
    r"|make (?:a )?recommendations?|put (?:it|this) forward)",
    r"needs? (?:board |management )?approval",
)
_DECIDES = _any(
    rf"(?:我|本人|阿拉|俺)(?:自己|一个人|这边|这里|今天|当场|来|即|就|能|可以?|都"
    rf"|直接)*{_RULE}的?(?![一-龥]?做|制)",
    r"(?:我|本人)[一-龥]{0,4}?(?:签字|能签|可签)(?:就|了)?(?:行|算数?|可以)?",
    r"(?:我|本人)(?:就)?(?:是|任)(?:公司|项目)?(?:老板|法人|负责人|总负责|老总|总经理|厂长)",
    r"(?:归|由)我(?:定|管|负责|拍板)|我(?:就)?负责采购|(?:采购|设备|这块|这事|项目)[一-龥]{0,3}我(?:来)?负责",
    r"(?:公司|厂|店|厂子)(?:就)?是我(?:自己)?(?:家)?开?的|我(?:自己)?开的(?:公司|厂|店)|不用(?:请示"
    r"|问)(?:谁|别人)|(?:我|俺)当家|我全权负责"
    r"|(?:我(?:能|可以|来)|自己)(?:批|定)|我说行就行|我就是决策人|我做得了主|我拍得了板|我话[晒事]+"
    r"|(?<!你们)(?<!您)说了[算蒜]",
    r"i(?:'m| am) the (?:owner|boss|one who (?:decides|signs)|decision[- ]maker|director|ceo)",
    r"i (?:make|take) the (?:final )?(?:decision|call)s?|i (?:can )?decide[a-z ]{0,14}"
    r"|i(?: can)? sign[a-z ]{0,8}off|decide alone",
    r"it(?:'s| is) my (?:call|decision|company|business)|i have the final say|my decision"
    r"|final say is mine|(?:nobody|no one) (?:but me|above me|else to ask)|(?:own|hold) the (?:budget"
    r"|purse\w*)|my money|i can commit",
    r"(?:i|we|me and \w+ \w+) (?:run|own) (?:the|this|a|my) (?:company|factory|shop|place|business"
    r"|plant)|whatever i pick",
)
_USER = _any(
    r"我(?:们)?(?:就|只|一)?是?(?:个|一)*(?:操作|使用者|一线|用的|干活|用机器|开机器|焊工)[一-龥]{0,3}"
    r"|我(?!们)(?:就|只)管(?:用|操作|开机)(?!的)",
    r"(?:平时|天天|每天)[一-龥]{0,3}?(?:我|我们)(?:在)?(?:用|操作)|(?:天天|每天"
    r"|平时)[一-龥]{0,6}的[一-龥]?是我|操作工",
    r"(?:是|给)?我们(?:车间|班组|工段|线上)[一-龥]{0,2}?(?:在|来)用(?!的|了|不|你|得)"
    r"|机器是我们[一-龥]{1,3}用|^用(?:机器)?的人?$",
    r"i(?:'m| am) (?:just |only )?(?:the |an? )?(?:user|operator|end user)",
    r"(?:i|we)(?:'ll| will)? (?:just |only )?(?:use|operate) (?:it|the)\b|i(?:'ll| will) be (?:using"
    r"|operating) it|one who uses",
)
_ROLES = (
    ("none", _NONE),
    ("influencer", _INFLUENCER),
    ("none", _POWERLESS),
    ("user", _USER),
    ("decision_maker", _DECIDES),
)
"""Tried in this order: 不归我管,老板定 is none; 我做不了主,要问老总 names who decides."""

_NUMBER = r"[一两二三四五六七八九十几0-9]{1,3}"
_TERMS = (
    (
        "full",
        _any(
            r"全款|(?:一次性?|一把|一笔)(?:付[清完]?|结清|打款)|全额付|全付|^(?:付清|一次付)$",
            r"in full(?! swing)|full payment|lump sum|all at once|outright|(?:pay|paid|all"
            r"|everything) up front|in one (?:go|payment)",
        ),
    ),
    (
        "instalments",
        _any(
            rf"(?<!期)(?<!货)[分份粉][期其](?!不分期|后面|的事)|按期付|分(?:{_NUMBER}[次批笔]|批"
            rf"|开)(?:付|结|打款|给钱|交钱)"
            rf"|(?<!期)(?<!货)分(?:{_NUMBER}(?:期|个月|年)|半年)(?!来|做|送)|拆开付",
            r"(?:[六九]|十二|十八|二十四|三十六|6|9|12|18|24|36)\s*期(?!工程|项目|厂|车间|限|间|建)"
            r"|(?<![0-9])[0-9]{1,3}\s*期付",
            r"instal+ments?|in stages|staged|\bemis?\b|split (?:it|the \w+|this)? ?(?:over|into)"
            r"|in (?:two|three|four|six|\d+|several|equal) (?:parts|payments|goes)",
            r"(?:spread|stretch) (?:it|the \w+|this) over",
        ),
    ),
    (
        "monthly",
        _any(
            r"(?<![个上下这本])月付|每个?月付|按月(?:付|结|交|支付|扣|给|算)?|月结|月供|一个月一[付结交]",
            r"(?:pay|bill|charg|invoic)\w*(?: \w+)? (?:monthly|by the month|per month|every month"
            r"|each month)|monthly pay\w*|^monthly$",
        ),
    ),
    (
        "yearly",
        _any(
            r"(?<![今明去前后半两几一])年[付缴]|按年(?!收|服务|订|度)(?:付|结|交|给)?|(?<![半两])年结"
            r"|一年(?:付?一)[付次交结]|每年付",
            r"(?:pay|bill|charg|invoic|paid)\w*(?: \w+)? (?:yearly|annually|once a year|by the year"
            r"|per year|every year|each year)",
            r"(?:yearly|annual) (?:pay|bill)\w*|^(?:yearly|annually)$",
        ),
    ),
)


def find_role(text: str) -> Class | None:
    """`decision_maker`, `influencer`, `user` or `none`, by the first class whose words are in `text`."""
    found = _first(_ROLES, text)
    if found and found.value == "none" and _THEIRS.search(text, 0, found.start):
        goods = text[found.start : found.end]
        return None if re.match(r"[不勿唔][归规由属]", goods) else found
    return found


def find_term(text: str) -> Class | None:
    """`full`, `instalments`, `monthly` or `yearly`, where the words for one are in `text`."""
    return _first(_TERMS, text)


_PAPERS = re.compile(r"(?:银行|商业)?承兑(?:汇票)?|信用证|\bl/c\b|letters? of credit")
_SURELY = _any(
    rf"(?:跟|和|与|搭|同|问|向|请示|找)(?:我们?|阿拉|咱们?|俺)?(?:{_CHIEF}|股东)[一-龥]{{0,3}}?(?:商量|合计|汇报|请示|碰|讨论|通气)",
    rf"(?:{_CHIEF}|股东们?|他们)[一-龥]{{0,3}}?(?:点头|拍板|定|批|同意|发话)了?(?:再|才|了再|之?后|就)",
    rf"{_CHIEF}(?:刚|也|又|都|今天)?[说讲]了?[一-龥]{{0,4}}(?:不上|不买|不搞|不批|先放|先不|暂缓|缓一?缓|别上|往后)",
    rf"(?:等|得|要|看)(?:我们?|咱们?)?{_CHIEF}[一-龥]{{0,3}}?(?:点头|拍板|定(?!做|制|金)|批|同意|发话)",
)
_THEIRS = re.compile(r"(?:[0-9一二两三四五六七八九十]+[台套个]|[台套]的|剩下的|另外的?)[^。;；]{0,14}$")


def find_instrument(text: str) -> tuple[int, int] | None:
    """Where a paper to pay by is named: 承兑汇票, 信用证, L/C."""
    found = _PAPERS.search(fold(text))
    return found.span() if found else None


def is_surely_told(text: str, role: Class) -> bool:
    """Whether somebody above is plainly the one to decide: 跟股东商量下, 老板定了再找您."""
    return role.value == "influencer" and _SURELY.search(fold(text)) is not None


def names_chief(text: str) -> bool:
    """Whether somebody above the speaker is named: 老板, 院长, the board."""
    return re.search(f"{_CHIEF}|{_CHIEF_EN}", fold(text)) is not None


def _first(classes: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> Class | None:
    low = fold(text).replace("’", "'")
    for value, pattern in classes:
        if found := pattern.search(low):
            return Class(value, found.start(), found.end())
    return None
