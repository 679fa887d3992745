"""What is promised and done: prices by policy alone, no effect without a cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.errors import InputError
from core.pack import localise
from core.types import Act, Quote, ToolCall
from policy import wording
from policy.deal import Deal
from policy.invariants.limits import barred_for_good
from policy.invariants.manners import bookable
from policy.invariants.turn import Breach, Invariant, TurnView, unwanted
from policy.pricing import best_quote, total

PRICES = ("price", "unit_price", "total")
"""Values of an act that name money."""
REACH = ("contact_name", "phone", "email", "company")
"""Slots by which a customer can be reached or told apart."""


def prices_by_policy(turn: TurnView) -> Breach | None:
    """Quotes and prices named are worked out again, from the catalogue and the offers in force."""
    quotes = [call for call in turn.tools("quote") if not _right(turn.deal, call)]
    acts = [act for act in turn.plan.acts if (told := _priced(act)) and told - allowed(turn.deal, act)]
    return unwanted("a price that policy did not work out", acts, quotes)


def _right(deal: Deal, call: ToolCall) -> bool:
    told = Quote.model_validate(call.args)
    return told == quote_of(deal, told.product, told.quantity)


def quote_of(deal: Deal, product: str, quantity: int) -> Quote | None:
    """The price of a product in this deal; None for what has none."""
    try:
        return best_quote(deal.pack, product, quantity, deal.situation(product))
    except InputError:
        return None


def _priced(act: Act) -> set[str]:
    return {str(act.values[name]) for name in PRICES if act.values.get(name)}


def allowed(deal: Deal, act: Act) -> set[str]:
    """Every amount that an act about its products may name, in the words of the talk."""
    products = _products(deal, act)
    quotes = [
        quote
        for product in products
        for count in dict.fromkeys([1, deal.quantity_of(product) or 1])
        if (quote := quote_of(deal, product, count))
    ]
    whole = [quote_of(deal, product, deal.quantity_of(product) or 1) for product in products]
    amounts = [amount for quote in quotes for amount in (quote.list_price, quote.unit_price, quote.total)]
    amounts.append(total(quote for quote in whole if quote))
    return {wording.money(amount, deal.pack.currency, deal.lang) for amount in amounts}


def _products(deal: Deal, act: Act) -> tuple[str, ...]:
    """The products that an act speaks of: those of its facts, and the one it names."""
    facts = [fact for fact in map(deal.book.get, act.facts) if fact and fact.product]
    named = [
        row.id for row in deal.pack.products if localise(row.name, deal.lang) == act.values.get("product")
    ]
    return tuple(dict.fromkeys([*(str(fact.product) for fact in facts), *named]))


def has_its_cause(turn: TurnView) -> Breach | None:
    """Each tool by what it rests on; a tool without a rule here rests on nothing and may not run."""
    groundless = [call for call in turn.plan.tools if not CAUSES.get(call.name, _never)(turn, call)]
    return unwanted("an effect without a cause", (), groundless)


def _never(turn: TurnView, call: ToolCall) -> bool:
    return False


def _demo(turn: TurnView, call: ToolCall) -> bool:
    time = call.args.get("time")
    return time == turn.deal.value("demo_time") and bookable(turn.deal, time, call.args.get("mode"))


def _material(turn: TurnView, call: ToolCall) -> bool:
    email = call.args.get("email")
    return "@" in str(email or "") and email == turn.deal.value("email")


def _lead(turn: TurnView, call: ToolCall) -> bool:
    told = {name: value for name, value in call.args.items() if name != "customer_id"}
    return _any(told, REACH) and all(turn.deal.value(name) == value for name, value in told.items())


def _any(told: Iterable[str], names: Iterable[str]) -> bool:
    return bool({*told} & {*names})


def _quote(turn: TurnView, call: ToolCall) -> bool:
    return any(call.args["product"] in _products(turn.deal, act) for act in turn.acts("answer"))


def _handoff(turn: TurnView, call: ToolCall) -> bool:
    reason, number = call.args.get("reason"), call.args.get("callback")
    if number is not None and number != turn.deal.value("phone"):
        return False
    if reason == "missed":
        return turn.deal.handoff == "missed"
    return reason != "callback" or number is not None


CAUSES: dict[str, Callable[[TurnView, ToolCall], bool]] = {
    "book_demo": _demo,
    "send_material": _material,
    "save_lead": _lead,
    "quote": _quote,
    "handoff": _handoff,
    "do_not_call": lambda turn, call: barred_for_good(turn),
    "end_call": lambda turn, call: True,
}
"""Tool to what must be so that it may run; when a talk is closed is a rule of its own."""

EFFECTS = (
    Invariant(
        "prices_are_policys",
        {
            "zh": "报出的每个价格都等于按目录和现行优惠算出的价格。",
            "en": "Every price told or recorded equals the one that policy works out from catalogue and offers.",
        },
        prices_by_policy,
    ),
    Invariant(
        "no_effect_without_cause",
        {
            "zh": "没有依据不产生动作:约演示要有可约的时间,发资料要有邮箱,存线索要有联系方式。",
            "en": "Nothing is done without its cause: a demo needs a time within hours, documents an address, a lead a contact.",
        },
        has_its_cause,
    ),
)
