"""A small bilingual pack of a made-up trade, for tests of search and business data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from core.pack import About, Chunk, Fact, Offer, OfferRule, Pack, Product, ScriptLine


def product(product_id: str, zh: str, en: str, aliases: tuple[str, ...], price: float) -> Product:
    return Product(
        id=product_id,
        name={"zh": zh, "en": en},
        aliases=aliases,
        list_price=price,
        unit={"zh": "台", "en": "unit"},
        category="machine",
    )


PACK = Pack(
    name="cafe",
    version="1",
    path=Path("."),
    digest="0" * 64,
    company={"zh": "山岚咖啡设备", "en": "Shanlan Coffee Machines"},
    short_name={"zh": "山岚", "en": "Shanlan"},
    robot={"zh": "小岚", "en": "Lan"},
    languages=("zh", "en"),
    currency="CNY",
    slots=("product", "quantity"),
    products=(
        product("CF-1", "半自动咖啡机 一号", "Semi-automatic One", ("小咖啡机", "One"), 6800),
        product("CF-2", "全自动咖啡机 二号", "Automatic Two", ("大咖啡机", "Two"), 19800),
        product("GR-1", "磨豆机 G1", "Grinder G1", ("磨豆机", "grinder"), 1200),
    ),
    offers=(
        Offer(
            id="P-SPRING",
            products=("CF-1",),
            rule=OfferRule(kind="quantity", threshold=3),
            discount=0.9,
            note={"zh": "春季满3台9折"},
            valid_from=date(2026, 3, 1),
            valid_until=date(2026, 5, 31),
        ),
    ),
    scripts=(
        ScriptLine(id="greet.zh.1", situation="greet", lang="zh", text="您好,这里是{company}"),
        ScriptLine(id="greet.en.1", situation="greet", lang="en", text="Hello, this is {company}"),
    ),
    knowledge=(
        Chunk(source="care.md#1", heading="清洁", text="每天用清水冲洗蒸汽棒,每周用清洁片反冲一次"),
        Chunk(source="care.md#2", heading="存放", text="咖啡豆避光密封存放,开袋后两周内用完"),
    ),
)

PRICE_ASKS = {
    "zh": ("多少钱", "什么价格", "怎么卖", "一台要花多少钱", "报个价"),
    "en": ("how much is it", "what does it cost", "what is the price"),
}
WATER_ASKS = {
    "zh": ("水箱多大", "水箱能装多少水", "加一次水能做几杯"),
    "en": ("how big is the water tank", "how much water does it hold"),
}


def price(product_id: str) -> Fact:
    row = PACK.product(product_id)
    assert row is not None
    return Fact(
        id=f"{product_id}.price",
        source=f"catalogue:{product_id}",
        topic="price",
        intent="ask_price",
        product=product_id,
        text={
            "zh": f"{row.name['zh']}的标价是{row.list_price:.0f}元",
            "en": f"The list price of the {row.name['en']} is {row.list_price:.0f} yuan",
        },
        asks=PRICE_ASKS,
    )


def tank(product_id: str, litres: str) -> Fact:
    row = PACK.product(product_id)
    assert row is not None
    return Fact(
        id=f"{product_id}.tank",
        source=f"catalogue:{product_id}",
        topic="tank",
        intent="ask_product",
        product=product_id,
        text={
            "zh": f"{row.name['zh']}的水箱容量是{litres}升",
            "en": f"The {row.name['en']} holds {litres} litres",
        },
        asks=WATER_ASKS,
    )


FACTS: tuple[Fact, ...] = (
    price("CF-1"),
    price("CF-2"),
    price("GR-1"),
    tank("CF-1", "2.5"),
    tank("CF-2", "4"),
    Fact(
        id="P-SPRING",
        source="promotions:P-SPRING",
        topic="offer",
        intent="ask_discount",
        text={"zh": "春季半自动咖啡机满3台9折", "en": "Spring: 10 % off from three semi-automatic machines"},
        asks={"zh": ("有什么优惠活动", "能打折吗", "多买便宜吗"), "en": ("any discount", "special offers")},
        about=About(products=("CF-1",)),
        valid_from=date(2026, 3, 1),
        valid_until=date(2026, 5, 31),
    ),
    Fact(
        id="training",
        source="policies:培训",
        topic="training",
        intent="ask_service",
        text={
            "zh": "每台赠送半天的咖啡师培训",
            "en": "Half a day of barista training comes with each machine",
        },
        asks={"zh": ("教不教怎么用", "有培训吗", "不会用怎么办"), "en": ("do you train our staff",)},
    ),
    Fact(
        id="delivery",
        source="policies:配送",
        topic="delivery",
        intent="ask_delivery",
        text={"zh": "现货当天发出,市内次日送达", "en": "Goods in stock leave the same day"},
        asks={"zh": ("多久能送到", "什么时候发货", "几天到货"), "en": ("how long is delivery",)},
    ),
)
