"""Private numbers: found however they are written or said, and nothing of a business taken for one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.normalise.contact import mask
from engines.normalise.digits import DIGIT_NAMES
from engines.normalise.private import (
    find_private,
    is_identity,
    marked,
    passes_luhn,
    without_marks,
    without_private,
)

ID = "110101199003078515"
ID_X = "32050219851210004X"
UNION = "6222021234567890128"
VISA = "4532015112830366"


def said_zh(digits: str) -> str:
    return digits.translate(str.maketrans("0123456789X", "零幺二三四五六七八九叉"))


def said_en(digits: str) -> str:
    return " ".join(DIGIT_NAMES[int(digit)] for digit in digits)


FOUND = [
    (f"我身份证号是{ID},要两台", "我身份证号是[证件号],要两台", "id_card"),
    (ID, "[证件号]", "id_card"),
    (ID_X.lower(), "[证件号]", "id_card"),
    ("320502 19851210 004X", "[证件号]", "id_card"),
    (said_zh(ID), "[证件号]", "id_card"),
    (said_zh(ID_X), "[证件号]", "id_card"),
    (f"my ID is {ID}", "my ID is [ID number]", "id_card"),
    (said_en(ID), "[ID number]", "id_card"),
    ("ID card number 110101199003078511", "ID card number [ID number]", "id_card"),
    ("身份证110101900307851", "身份证[证件号]", "id_card"),
    (f"{ID},13800001234", "[证件号],13800001234", "id_card"),
    (f"{ID} 13800001234", "[证件号] 13800001234", "id_card"),
    (f"卡号{UNION}", "卡号[银行卡号]", "bank_card"),
    (UNION, "[银行卡号]", "bank_card"),
    (VISA, "[银行卡号]", "bank_card"),
    ("6222 0212 3456 7890 128", "[银行卡号]", "bank_card"),
    ("4532-0151-1283-0366", "[银行卡号]", "bank_card"),
    (said_zh(UNION), "[银行卡号]", "bank_card"),
    ("我的银行卡号是6222021234567890", "我的银行卡号是[银行卡号]", "bank_card"),
    ("my credit card number is 4532 0151 1283 0366", "my credit card number is [card number]", "bank_card"),
    ("我护照号E12345678", "我护照号[护照号]", "passport"),
    ("passport number is EA1234567", "passport number is [passport number]", "passport"),
    ("验证码是123456", "验证码是[验证码]", "code"),
    ("验证码 123 456", "验证码 [验证码]", "code"),
    ("收到验证码四五六七八九", "收到验证码[验证码]", "code"),
    ("88231 是验证码", "[验证码] 是验证码", "code"),
    ("the verification code is 889123", "the verification code is [verification code]", "code"),
    ("密码是abc123", "密码是[密码]", "password"),
    ("密码:P@ss2024! 多少钱", "密码:[密码] 多少钱", "password"),
    ("密码就是一二三四五六", "密码就是[密码]", "password"),
    ("1234是我的密码", "[密码]是我的密码", "password"),
    ("my password is hunter2", "my password is [password]", "password"),
    ("my pin is four three two one", "my pin is [password]", "password"),
]

LEFT_ALONE = [
    "订单号202611220000012345",
    "单号62220212345678901",
    f"订单{VISA}",
    f"order number {VISA}",
    f"合同号{ID}",
    "快递单号 773012345678901",
    "tracking 1Z9999999999999999",
    "2611220012345678",
    "12345678901234567890",
    "我的电话13800001234",
    "138 0000 1234, 139 0000 5678",
    "座机0512-66668888",
    "400-800-8888",
    "验证码13800001234",
    "发验证码到13800001234",
    "报价发到123456@qq.com",
    "预算4000000",
    "4000,5000,6000,7000",
    "1,540,080元",
    "型号R20 12台 138000元",
    "要十二台,一百三十八万",
    "要20台,2026年11月22日",
    "2026-11-22T10:00",
    "二零二六年十一月二十二日",
    "密码锁要20台",
    "密码锁2000元的有吗",
    "密码柜1000台多少钱",
    "密码是多少",
    "password manager for 20 users",
    "the pin is 20mm",
    "24-pin connector, 200 pcs",
    "验证码功能支持100并发吗",
    "security code reader 20 units",
    "银行卡怎么付款",
    "护照阅读器要20台",
    "passport reader x 20",
    "身份证读卡器多少钱",
    "SIM卡号89860012345678901234",
    "会员卡号8888888888888",
    "税号913205941234567890",
    "扫码枪 6901234567892",
    "ISBN 9787302423287",
    "IP 192.168.100.200",
    "尺寸1200x800x600",
    "电压220V 380V 50Hz",
]


@pytest.mark.parametrize(("text", "clean", "kind"), FOUND, ids=[row[0] for row in FOUND])
def test_private_numbers_are_taken_out(text: str, clean: str, kind: str) -> None:
    assert without_private(text) == clean
    assert marked(clean) == (kind,)
    assert without_private(clean) == clean, "twice is once"


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_numbers_of_a_business_stay(text: str) -> None:
    assert find_private(text) == []


def test_several_kinds_in_one_line() -> None:
    clean = without_private(f"身份证{ID},卡号{UNION},密码123456")
    assert clean == "身份证[证件号],卡号[银行卡号],密码[密码]"
    assert marked(clean) == ("id_card", "bank_card", "password")


def test_check_digits() -> None:
    assert is_identity(ID) and is_identity(ID_X)
    assert not is_identity(ID[:-1] + "6") and not is_identity("110101199013078515")
    assert passes_luhn(VISA) and not passes_luhn(VISA[:-1] + "7")


@given(st.text(alphabet="0123456789 ,-.一二三零幺密码是验证码身份证卡号订单abcX", max_size=60))
def test_whatever_is_taken_out_is_gone_and_the_rest_stays(text: str) -> None:
    found = find_private(text)
    assert all(left.end <= right.start for left, right in pairwise(found))
    kept = "".join(
        char for place, char in enumerate(text) if not any(one.start <= place < one.end for one in found)
    )
    assert without_marks(without_private(text)).replace(" ", "") == kept.replace(" ", "")


def test_the_mask_of_logs_leaves_nothing_private() -> None:
    masked = mask(f"王小明 {ID} {UNION} 13800001234 li@x.cn Li Wei said", ("王小明", "Li Wei"))
    for secret in (ID, UNION, "13800001234", "li@x.cn", "王小明", "Li Wei"):
        assert secret not in masked
    assert mask("the Liu family", ("Li",)) == "the Liu family"
