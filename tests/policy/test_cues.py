"""Cues against what they must not hit: every sentence here was once misread, or nearly is."""

from __future__ import annotations

import re

import pytest

from policy import cues

MISSES: dict[str, list[str]] = {
    "HALF_COUNT": ["定金先付一半,行吗", "付一半可以吗", "一半的人会用"],
    "SAME_COUNT": ["参数一样吗", "次数一样", "岁数一样"],
    "TAIL_OF_NUMBER": ["when the promotion ends in 10 days?", "it starts on the 4th"],
    "GO_BACK": ["能用原来的夹具吗", "用之前的软件行吗"],
    "COMPLAINT": [
        "我们是律师事务所,想看看你们的产品",
        "R6质保多久,客户投诉多吗",
        "how many complaints do you get",
    ],
    "CALL_BACK": ["给我打个折", "给我打九折", "收回电池吗", "what do you call us"],
    "CHEAPER_ONE": ["能便宜个两千吗", "便宜点呗", "便宜一点可以吗"],
    "DEARER_ONE": ["这么贵的", "贵了点"],
    "BIGGER_ONE": ["压力挺大的,", "量大的话", "大的优惠有没有", "老大的意思"],
    "SMALLER_ONE": ["挺小的,", "这么小的呢"],
    "FIRST_ONE": ["第一个问题", "the first quarter", "the first week of June"],
    "LAST_ONE": ["the last week of June we need it", "最后一个问题"],
    "OTHER_ONE": ["另外一个问题", "the other day"],
    "THAT_ONE": ["还有其它优惠吗", "那个月底", "这个事情"],
    "SAME_AGAIN": ["我们以前买的是ABB", "上次你说的优惠"],
    "CHECKING": ["Is delivery free above 5000 yuan?", "首付能不能先付5000元?"],
    "QUOTE_UP": ["我打算下个月买", "预算个数"],
    "BEGGING": ["让一个同事来"],
    "RECOMMEND": ["which one do you sell"],
    "SENDING": ["什么时候出发", "研发多少人", "开发票吗", "何时发货"],
    "EACH": ["各位好", "每个月多少", "各种型号"],
    "ABOUT_CALLS": ["打折吗", "我打算买", "怎么打包"],
    "LEAVING": ["别的不用了"],
    "BYE": ["回头看看", "意见", "看见"],
}
HITS: dict[str, list[str]] = {
    "HALF_COUNT": ["他一半的数就够", "要一半", "half of that number"],
    "SAME_COUNT": ["数量一样", "一样的数", "same number", "as many"],
    "TAIL_OF_NUMBER": [
        "尾号四四幺二",
        "后四位是1234",
        "the last four digits are 1234",
        "my number ends in 4412",
    ],
    "GO_BACK": ["还是按刚才的", "照原来那个数", "改回之前的", "go back to ten"],
    "COMPLAINT": ["我要投诉你们", "再这样我去消协", "我找律师", "I want to make a complaint"],
    "CALL_BACK": ["给我回个电话", "打给我", "call me back", "please call us tomorrow"],
    "BIGGER_ONE": ["大的那个", "那还是大的 四台", "the bigger one", "大一点的"],
    "SMALLER_ONE": ["小的", "要小的", "the smaller model"],
    "FIRST_ONE": ["第一款", "前面那个", "the first one", "前者"],
    "LAST_ONE": ["后面那款", "the latter", "后者"],
    "CHECKING": ["一个1580,对吧", "so 336,400 all together?", "right?"],
    "QUOTE_UP": ["算个单子", "重新算一下", "报个价", "quote me for both"],
    "SENDING": ["发我邮箱", "send it over", "寄一份资料"],
    "ABOUT_CALLS": ["别再打了", "别打电话", "stop calling"],
    "BYE": ["周三见", "再见", "bye"],
}
TAKEN = {
    "": [
        "R20不要了",
        "R20先不要了",
        "把R20去掉",
        "不要R20",
        "R20不买了,太贵",
        "取消R20",
        "drop the R20",
        "R20算了吧",
    ],
    "not": [
        "R20算一下总价",
        "R20不要太贵,能优惠吗",
        "R20取消订单要罚钱吗",
        "R20先不买可以租吗",
        "R20不上门安装能便宜吗",
        "我要不要R20呢",
        "R20不要的话怎么办",
    ],
}


@pytest.mark.parametrize(("cue", "line"), [(cue, line) for cue, lines in MISSES.items() for line in lines])
def test_a_cue_does_not_hit(cue: str, line: str) -> None:
    pattern: re.Pattern[str] = getattr(cues, cue)
    assert not cues.spoken(pattern, line), pattern.search(line)


@pytest.mark.parametrize(("cue", "line"), [(cue, line) for cue, lines in HITS.items() for line in lines])
def test_a_cue_hits(cue: str, line: str) -> None:
    assert cues.spoken(getattr(cues, cue), line)


@pytest.mark.parametrize(
    ("line", "taken"), [(line, not negation) for negation, lines in TAKEN.items() for line in lines]
)
def test_goods_are_taken_out_only_where_that_is_said(line: str, taken: bool) -> None:
    start = line.index("R20")
    before, after = line[:start], line[start + 3 :]
    found = cues.spoken(cues.TAKEN_OUT.before, before) or cues.spoken(cues.TAKEN_OUT.after, after)
    assert found is taken
