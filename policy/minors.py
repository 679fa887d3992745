"""Children on the line: nothing is sold to them, nothing they say is kept for the deal, a grown-up is asked for."""

from __future__ import annotations

import re

from core.types import Act, Stage, Understanding
from engines.normalise.digits import DIGIT_NAMES
from engines.normalise.plain import fold
from policy.deal import Deal
from policy.ending import ending
from policy.move import Move

_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen")
_OF_AGE = 18
_I = r"(?:我|本人|俺)"
_JUST = r"(?:今年|现在|目前|其实|刚刚|刚满|刚|才|只有|只|就|还|是|都|快|满|已经|正在|在|马上|也|[ ,,]){0,5}"
_END = r"(?=$|[^\w]|[了呢啊呀哦吧哈嘛噢还不没半多而你])"
_YOUNG = r"(?:1[0-7]|(?<![0-9])[1-9](?![0-9])|十[一二三四五六七]?|[一二三四五六七八九])"
_CLASS = r"(?:[一二三四五六七八九1-9](?:年级)|初[一二三]|高[一二三])"
_SCHOOL = rf"(?:幼儿园|小学{_CLASS}?|初中{_CLASS}?|高中{_CLASS}?|中学|{_CLASS})"
_CHILD = r"(?:小学生|初中生|高中生|中学生|未成年人?|小孩子?|小朋友|孩子|小?学童|儿童)"
_MINOR_ZH = re.compile(
    rf"{_I}{_JUST}{_YOUNG}周?岁{_END}"
    rf"|{_I}{_JUST}(?:上|读|念)(?:的是)?{_SCHOOL}{_END}"
    rf"|{_I}{_JUST}(?:一?[个名])?{_CHILD}{_END}"
    rf"|{_I}(?:还|都)?(?:未成年|[没未](?:有)?(?:成年|满(?:18|十八)(?:周?岁|(?=$|[\\s,，。.!！]))))"
)
_I_AM = r"\b(?:i am|i'm|im|i just turned|i turned)\s+(?:only |just |still |about |nearly |almost |actually )*"
_FEW = rf"(?:1[0-7]|[1-9]|{'|'.join((*DIGIT_NAMES[1:], *_TEENS))})"
_STOP = r"(?=\s*(?:$|[.,!?;]|and\b|so\b|but\b|now\b))"
_KID = r"(?:boy|girl|kid|child|minor|schoolboy|schoolgirl|teen|teenager|pupil)"
_GRADE = r"(?:[1-9]|1[0-2])(?:st|nd|rd|th) grade|(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth) grade"
_CLASSES = rf"(?:(?:primary|elementary|grade|middle|secondary|junior high|high) school|kindergarten|{_GRADE})"
_MINOR_EN = re.compile(
    rf"{_I_AM}{_FEW}(?: ?(?:years?|yrs?)[ -]old\b| ?y/?o\b)"
    rf"|{_I_AM}(?:[89]|1[0-7]|{'|'.join((*DIGIT_NAMES[8:], *_TEENS))}){_STOP}"
    rf"|{_I_AM}an? {_FEW}[ -]years?[ -]old {_KID}\b"
    rf"|{_I_AM}an? (?:little |small |young )?(?:{_KID}|(?:primary|elementary|middle|high) school student){_STOP}"
    rf"|{_I_AM}in (?:the )?{_CLASSES}{_STOP}"
    rf"|\bi go to {_CLASSES}{_STOP}"
    rf"|{_I_AM}(?:under ?age|under (?:18|eighteen)(?! months| days| weeks| units| %)|not (?:yet )?(?:18|eighteen|an adult))\b",
    re.IGNORECASE,
)
_RELATIVE = (
    r"(?:爸爸?|妈妈?|父亲|母亲|爹|娘|家长|爷爷|奶奶|外公|外婆|姥姥|姥爷|叔叔|阿姨|舅舅|姑姑|监护人|老师)"
)
_ADULT_ZH = re.compile(
    rf"{_I}就?是(?:这)?(?:他|她|孩子|小孩|小朋友|宝宝)?(?:的)?{_RELATIVE}"
    rf"|{_I}就?是(?:个)?(?:大人|成年人)|{_I}(?:已经|早就?)?成年了"
    rf"|{_I}{_JUST}(?P<age>[0-9]{{2,3}}|[一二三四五六七八九]?十[一二三四五六七八九]?)周?岁"
)
_ADULT_EN = re.compile(
    r"\b(?:i am|i'm|im|this is|it's|you are speaking (?:to|with)) (?:an? )?(?:(?:his|her|the|their) )?"
    r"(?:(?:child|kid|boy|girl)'s )?"
    r"(?:father|mother|dad|mum|mom|parent|grandfather|grandmother|guardian|teacher|uncle|aunt|adult|grown-?up)\b"
    r"|\b(?:i am|i'm|im) (?P<age>[0-9]{2,3})\b",
    re.IGNORECASE,
)
_TENS = {char: value for value, char in enumerate("一二三四五六七八九", start=1)}


def speaks_as_minor(text: str) -> bool:
    """Whether the speaker says to be a child: an age under 18 of one's own, a school, a word."""
    plain = fold(text)
    return bool(_MINOR_ZH.search(plain) or _MINOR_EN.search(plain.replace("’", "'")))


def speaks_as_adult(text: str) -> bool:
    """Whether the speaker says to be a grown-up: a parent of the child, or of age."""
    plain = fold(text).replace("’", "'")
    for pattern in (_ADULT_ZH, _ADULT_EN):
        for found in pattern.finditer(plain):
            if found["age"] is None or _number(found["age"]) >= _OF_AGE:
                return True
    return False


def minor_after(text: str, before: bool) -> bool:
    """Whether a child is speaking after these words; `before` is what was known until then."""
    return speaks_as_minor(text) or (before and not speaks_as_adult(text))


def unheard(understanding: Understanding) -> Understanding:
    """What a child said without the values in it: neither needs nor ways to be reached are taken from it."""
    return understanding.model_copy(update={"mentions": ()})


def minor(deal: Deal) -> Move:
    """Asks for a grown-up and sells nothing; goodbyes, a wish for a human and who speaks are served."""
    ends = ending(deal)
    if ends and ends.stage in (Stage.ENDED, Stage.HANDOFF):
        return ends
    refusal = Act(act="answer", script="refuse.minor", values={"topic": "minor"})
    asked = deal.understanding.has("ask_identity")
    acts = (Act(act="disclose", script="disclose"), refusal) if asked else (refusal,)
    if deal.understanding.intent == "hold_on":
        acts = (Act(act="small_talk", script="hold_on"),)
    return Move(reason="a child speaks", stage=deal.stage, acts=acts)


def _number(words: str) -> int:
    """12, 十二, 二十, 三十五 as a number."""
    if words.isdigit():
        return int(words)
    tens, _, ones = words.partition("十")
    return 10 * _TENS.get(tens, 1) + _TENS.get(ones, 0)
