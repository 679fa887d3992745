"""A small pack of another trade, coffee machines, with enough examples to train on."""

from __future__ import annotations

import re
from pathlib import Path

from core.pack import Attribute, Category, Example, Pack, Product, Requirement
from core.types import Lang

_SPAN = re.compile(r"\[([^\]]+)\]\((\w+)\)")

_TEMPLATES: dict[Lang, dict[str, list[str]]] = {
    "zh": {
        "greet": ["喂", "你好", "喂你好", "在吗", "您好", "哎你好呀", "早上好", "下午好啊"],
        "ask_price": [
            "[晨曦双头](product)多少钱一台",
            "[小晨](product)什么价格",
            "多少钱",
            "报个价吧",
            "这个价格怎么算",
            "[磨豆机G3](product)单价多少",
            "[五台](quantity)[晨曦](product)总共多少钱",
            "什么价位啊",
        ],
        "ask_service": [
            "坏了谁来修",
            "保修几年",
            "上门安装吗",
            "质保多久",
            "你们教怎么用吗",
            "售后电话有人接吗",
        ],
        "inform": [
            "我们是做[连锁茶饮](industry)的",
            "我们要[十二台](quantity)",
            "开[面包店](industry)的",
            "我们是开[书店](industry)的",
            "我们[酒店](industry)要[三台](quantity)",
            "预算[二十万](budget)",
            "我姓[王](contact_name)",
            "做[连锁酒店](industry)的",
            "大概要[二十台](quantity)",
            "我们公司是[恒达餐饮](company)",
            "我们在[苏州](location)",
            "这事[我说了算](decision_role)",
            "[下个月](timeline)要用",
        ],
        "deny": [
            "不是",
            "不对",
            "不是[二十台](quantity),是[十二台](quantity)",
            "错了,不是[五台](quantity)",
            "没有没有,不是的",
            "不是[三台](quantity)是[六台](quantity)",
        ],
        "object_supplier": ["我们有固定的厂家了", "一直用[雪峰](current_supplier)的", "有合作的了,不换"],
        "compare_competitor": [
            "跟[雪峰](competitor)比有什么好",
            "比[雪峰](competitor)强在哪",
            "你们和[云岭](competitor)哪个好",
        ],
        "out_of_scope": ["今天天气怎么样", "帮我写首诗", "股票能买吗", "附近哪里有加油站", "你会唱歌吗"],
        "ask_price+ask_service": ["多少钱,保修几年", "什么价,上门装吗"],
    },
    "en": {
        "greet": ["hello", "hi there", "good morning", "hello, anyone there?"],
        "ask_price": [
            "how much is the [dawn twin](product)",
            "what does it cost",
            "price please",
            "quote for [five](quantity) units",
        ],
        "ask_service": [
            "who fixes it",
            "how long is the warranty",
            "do you install it",
            "is training included",
        ],
        "inform": [
            "we run a [bakery](industry)",
            "we need [twelve](quantity) machines",
            "I'm in [London](location)",
        ],
        "deny": ["no", "that's wrong", "not [twenty](quantity), [twelve](quantity)", "no, that is not right"],
        "out_of_scope": ["what's the weather", "write me a poem", "sing a song", "who won the match"],
    },
}


_SLOTS = (
    *("product", "quantity", "budget", "timeline", "payload_kg", "industry", "application", "customization"),
    *("company", "contact_name", "title", "phone", "email", "location", "decision_role", "competitor"),
    *("current_supplier", "payment_term", "demo_time"),
)


def _example(lang: Lang, intents: str, template: str) -> Example:
    text, spans, last = "", [], 0
    for found in _SPAN.finditer(template):
        text += template[last : found.start()]
        spans.append((found.group(2), len(text), len(text) + len(found.group(1))))
        text += found.group(1)
        last = found.end()
    return Example(
        text=text + template[last:], lang=lang, intents=tuple(intents.split("+")), spans=tuple(spans)
    )


def _products() -> tuple[Product, ...]:
    unit = {"zh": "台", "en": "unit"}
    return (
        Product(
            id="CM-D2",
            name={"zh": "商用咖啡机 晨曦双头 D2", "en": "Dawn Twin D2"},
            aliases=("晨曦双头", "晨曦", "双头咖啡机"),
            category="machine",
            list_price=42000,
            unit=unit,
            specs={"tank": "12升", "weight": "60kg"},
        ),
        Product(
            id="CM-D1",
            name={"zh": "商用咖啡机 小晨 D1", "en": "Dawn Mini D1"},
            aliases=("小晨", "单头咖啡机"),
            category="machine",
            list_price=18000,
            unit=unit,
            specs={"tank": "5升", "weight": "25kg"},
        ),
        Product(
            id="GR-G3",
            name={"zh": "磨豆机 G3", "en": "Grinder G3"},
            aliases=("磨豆机",),
            category="grinder",
            list_price=5600,
            unit=unit,
            specs={"weight": "9kg"},
        ),
    )


def shop() -> Pack:
    """The pack; built in memory, no file is read."""
    examples = tuple(
        _example(lang, intents, template)
        for lang, by_intent in _TEMPLATES.items()
        for intents, templates in by_intent.items()
        for template in templates
    )
    return Pack(
        name="coffee",
        version="1",
        path=Path("coffee"),
        digest="0" * 64,
        company={"zh": "晨光咖啡设备"},
        short_name={"zh": "晨光"},
        robot={"zh": "小晨"},
        languages=("zh", "en"),
        currency="CNY",
        slots=_SLOTS,
        lexicon={
            "industry": {"烘焙": ("面包店", "bakery")},
            "competitor": {"雪峰": ("Xuefeng",), "云岭": ()},
        },
        categories=(
            Category(id="machine", names={"zh": ("咖啡机",), "en": ("coffee machine",)}),
            Category(id="grinder", names={"zh": ("研磨设备",), "en": ("grinding gear",)}),
        ),
        attributes=(
            Attribute(
                id="tank",
                names={"zh": ("水箱",), "en": ("tank",)},
                asks={"zh": ("水箱多大", "水箱装多少水")},
            ),
            Attribute(
                id="weight",
                names={"zh": ("重量",), "en": ("weight",)},
                requirement=Requirement(slot="payload_kg"),
                asks={"zh": ("有多重",)},
            ),
        ),
        products=_products(),
        examples=examples,
    )
