"""Phones and e-mails, written and said, and the mask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.normalise.contact import find_emails, find_phones, mask


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("幺三八零零零零一二三四", "13800001234"),
        ("幺三八，零零零零，一二三四", "13800001234"),
        ("138 0000 1234", "13800001234"),
        ("+86 138-0000-1234", "13800001234"),
        ("一三九 嗯 一二三四 五六七八", "13912345678"),
        ("one three eight double zero double zero one two three four", "13800001234"),
        ("要10台,13800001234", "13800001234"),
        ("0512-62881234", "051262881234"),
        ("我电话62881234", "62881234"),
        ("400-820-1234", "4008201234"),
        ("+1 415 555 2671", "14155552671"),
    ],
)
def test_phone(text: str, digits: str) -> None:
    assert [phone.value for phone in find_phones(text)] == [digits]


@pytest.mark.parametrize(
    "text", ["2026-11-22", "B20 10台", "138000", "订单617703107086070939", "1234567890123", "二三十台"]
)
def test_no_phone(text: str) -> None:
    assert find_phones(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("发到 Zhao.Min@Example-Mould.COM。", "zhao.min@example-mould.com"),
        ("my email is li.wei at example dot com", "li.wei@example.com"),
        ("zhangsan at one six three dot com", "zhangsan@163.com"),
        ("liwei 艾特 qq 点 com", "liwei@qq.com"),
        ("幺三八零零零零一二三四艾特一六三点com", "13800001234@163.com"),
        ("l i w e i at gmail dot com", "liwei@gmail.com"),
        ("wang underscore li at foo dash bar dot com dot cn", "wang_li@foo-bar.com.cn"),
        ("邮箱zhang点san@126.com", "zhang.san@126.com"),
        ("I'm the production manager. wei.lin@cq-frames.com", "wei.lin@cq-frames.com"),
        ("Thanks. ana.ruiz@foo.com", "ana.ruiz@foo.com"),
        ("My name is Tom. tom at foo dot com", "tom@foo.com"),
        ("chen.li@foo.com. Thanks", "chen.li@foo.com"),
        ("wei . lin @ foo . com", "wei.lin@foo.com"),
        ("wei .lin at foo dot com", "wei.lin@foo.com"),
    ],
)
def test_email(text: str, address: str) -> None:
    assert [mail.value for mail in find_emails(text)] == [address]


def test_a_phone_in_an_address_is_no_phone() -> None:
    assert find_phones("13800001234@163.com") == []


def test_no_email() -> None:
    assert find_emails("look at robots, we are at point five") == []


def test_mask_hides_what_it_should_and_nothing_else() -> None:
    masked = mask("打13800001234或发liwei@a.com,要10台")
    assert masked == "打138****1234或发l***@a.com,要10台"
    assert "一二三四" not in mask("我是幺三八零零零零一二三四")


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_mobiles_read_back_and_are_masked(digits: str) -> None:
    spoken = "".join("零幺二三四五六七八九"[int(digit)] for digit in digits)
    for said in (digits, spoken, f"{digits[:3]} {digits[3:7]} {digits[7:]}"):
        assert [phone.value for phone in find_phones(f"电话是{said}。")] == [digits]
        assert digits not in mask(said)
