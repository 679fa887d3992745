"""Looks the facts up for what was asked, now that the product in focus is known."""

from __future__ import annotations

from statistics import median
from typing import Any, NamedTuple

from core.grounding import Grounding, OfferView
from core.pack import Fact, Offer
from core.state import TalkState
from core.types import Excerpt, Passage
from engines.normalise.money import find_money
from policy.book import FactBook
from policy.claims import holds
from policy.cues import QUESTION, WHICH_OF_THEM, spoken
from policy.deal import Deal
from policy.fit import fitting
from policy.guard.extract_discounts import read_shares
from policy.pricing import offer_state

AGREES = 0.1
"""Score from which a recalled fact answers, where it is of the kind that the intent asks for."""
OWNS_UP = 0.2
"""Score from which a known question without an answer is taken for the one asked."""
ANSWERS = 0.35
"""The same where only the words speak for it."""
DEARER = 1.1
"""How much better than any list price a claim must be found to be the price asked for."""
MEANT = 0.6
"""Score of a fact whose example question was all but asked."""
SAME = 0.75
"""Share of the best score that a second fact must reach to be said beside it."""
SINGLED_OUT = 1.15
"""How much better than the usual offer one must be found to be the one asked about."""
NOT_KNOWN = 1.1
"""Factor on a known question without an answer: owning up beats answering beside the point."""
OF_THIS = 1.4
"""Factor on a claim that holds for the product in focus alone; what undoes it on one about other products."""
SURELY = 0.8
"""Confidence of an intent from which a question of another kind is hardly the one asked."""
BESIDE = 0.2
"""Factor on such a question."""
UNASKED = 0.55
"""Score from which the words alone say what is asked, whatever the intent."""
CLEAR, CLEARER = 0.2, 1.35
"""The same where no other topic comes near: the score, and how much better than the next topic it must be."""
QUOTED = 0.6
"""Likelihood from which words of the library are taken for the answer."""
OTHERS = 1.6
"""What undoes the search's discount on other products than the one named."""
ASKING = ("ask_", "compare_", "request_demo")
ABOUT_PRICES = ("ask_discount", "ask_price", "object_price", "compare_competitor")
COMPUTED = ("ask_price", "ask_discount")
"""Intents whose answer policy works out."""
SURE = 0.5
"""Confidence of an intent from which its usual facts are said though no words pick one."""
WORKED_OUT = frozenset({"price", "offer"})
"""Topics whose answer is computed by policy rather than quoted."""


class Ranked(NamedTuple):
    """A fact with its score; no fact stands for a known question on `topic` without an answer."""

    fact: Fact | None
    score: float
    topic: str


async def ground(state: TalkState, *, book: FactBook) -> dict[str, Any]:
    """Facts, offers and fitting products for this turn."""
    deal = Deal.of(state, book)
    ranked = rank(deal, state["recalled"])
    facts = relevant(deal, ranked)
    excerpt = quotable(deal, state.get("excerpts", ()))
    if excerpt and facts and not outdoes(excerpt, ranked):
        excerpt = None
    facts = [] if excerpt else facts
    unknown = None if facts or excerpt else missing(deal, ranked)
    facts = facts if facts or excerpt or unknown else usual(deal)
    fits, unfit = fitting(deal, deal.mentions)
    return {
        "grounding": Grounding(
            focus=deal.focus,
            facts=tuple(fact.id for fact in facts),
            offers=offers(deal, state["recalled"]),
            excerpt=excerpt,
            fits=fits,
            unfit=unfit,
            unsold=unsold(deal),
            unsaid=asks(deal) and not facts and not excerpt,
            missing=unknown,
        )
    }


def asks(deal: Deal) -> bool:
    """Whether the turn asks something that facts should answer."""
    return any(score.id.startswith(ASKING) for score in deal.understanding.intents)


def missing(deal: Deal, ranked: list[Ranked]) -> str | None:
    """The topic of the known question that was asked and has no answer."""
    if not ranked or ranked[0].fact is not None or not (asks(deal) or spoken(QUESTION, deal.text)):
        return None
    plain = asks(deal) and not deal.understanding.has(*ABOUT_PRICES)
    sure = ranked[0].score >= OWNS_UP if plain else stands_out(ranked)
    return ranked[0].topic if sure else None


def stands_out(ranked: list[Ranked]) -> bool:
    """Whether the words alone make the first the one asked for: found well, or far better than any other topic.

    Of two questions without an answer it is all the same which was asked.
    """
    if not ranked:
        return False
    first = ranked[0]
    others = (one.score for one in ranked if one.topic != first.topic and (one.fact or first.fact))
    clear = first.score >= CLEARER * next(others, 0.0)
    return first.score >= UNASKED or (clear and first.score >= CLEAR)


def unsold(deal: Deal) -> bool:
    """Whether the turn names goods that the catalogue does not hold, and none that it does."""
    named = [mention for mention in deal.understanding.mentions if mention.slot == "product"]
    return bool(named) and all(mention.value is None for mention in named)


def relevant(deal: Deal, ranked: list[Ranked]) -> list[Fact]:
    """The facts that answer, best first; none where nothing was asked or the answer is to be worked out."""
    if deal.follows and (carried := carried_on(deal)):
        return carried
    if not asks(deal):
        sure = spoken(QUESTION, deal.text) and stands_out(ranked)
        return answering(deal, ranked, SAME * ranked[0].score) if sure else []
    if ranked and ranked[0].score >= least(deal, ranked[0].fact):
        return answering(deal, ranked, SAME * ranked[0].score)
    return []


def usual(deal: Deal) -> list[Fact]:
    """What is said to a clear intent though no words pick a fact."""
    if not asks(deal):
        return []
    first = next(score for score in deal.understanding.intents if score.id.startswith(ASKING))
    if first.id in COMPUTED or first.confidence < SURE:
        return []
    defaults = [fact for fact in deal.book.defaults(first.id, deal.now.date()) if usable(deal, fact)]
    return defaults[:1] or only_cell(deal, first.id)


def quotable(deal: Deal, excerpts: tuple[Excerpt, ...]) -> Excerpt | None:
    """The words of the library that answer a question which no fact does; what is in force goes first.

    Prices and discounts of goods in the catalogue are never quoted from a file: policy works them out.
    """
    if not (asks(deal) or spoken(QUESTION, deal.text)):
        return None
    said = [one for one in excerpts if one.score >= QUOTED and not prices_goods(deal, one.text)]
    return max(said, key=lambda one: (one.in_force, one.score), default=None)


def outdoes(excerpt: Excerpt, ranked: list[Ranked]) -> bool:
    """Whether words of the library are the surer answer: likely ones, where the facts were hardly found."""
    return excerpt.in_force and excerpt.score >= SURELY and ranked[0].score < ANSWERS if ranked else True


def prices_goods(deal: Deal, text: str) -> bool:
    """Whether the words hold money or a discount and the talk or the words are about goods of the catalogue."""
    if not (find_money(text) or read_shares(text)):
        return False
    named = {
        alias.lower() for row in deal.pack.products for alias in (row.id, *row.aliases, *row.name.values())
    }
    return deal.focus is not None or any(name in text.lower() for name in named)


def only_cell(deal: Deal, intent: str) -> list[Fact]:
    """The one value of the product in focus that `intent` asks for, such as its lead time."""
    asked = [attribute.id for attribute in deal.pack.attributes if attribute.intent == intent]
    cells = [cell for topic in asked if (cell := deal.book.cell(deal.focus, topic))]
    return cells if len(cells) == 1 else []


def carried_on(deal: Deal) -> list[Fact]:
    """What the last answer was about, said of the product now in focus; a price is worked out instead."""
    found: list[Fact] = []
    if deal.understanding.has(*COMPUTED):
        return found
    for topic in deal.topics:
        cell = deal.book.cell(deal.focus, topic)
        claims = [fact for fact in deal.book.topic(topic, deal.now.date()) if usable(deal, fact)]
        found += [cell] if cell and topic not in WORKED_OUT else claims[:1]
    return found


def rank(deal: Deal, passages: tuple[Passage, ...]) -> list[Ranked]:
    """Recalled facts turned to the focus and weighed; None stands for a known question without an answer."""
    computes = deal.understanding.has(*COMPUTED)
    priced = max((passage.score for passage in passages if passage.topic == "price"), default=0.0)
    found: dict[str, Ranked] = {}
    for passage in passages:
        if passage.kind == "chunk":
            continue
        for fact in candidates(deal, passage):
            if fact is None:
                topic = passage.topic or ""
                found.setdefault(f"?{topic}", Ranked(None, passage.score * owns_up(deal, passage), topic))
            elif computes or fact.topic not in WORKED_OUT:
                score = passage.score * suits(deal, fact, passage.score, priced)
                found.setdefault(fact.id, Ranked(fact, score, fact.topic))
    return sorted(found.values(), key=lambda one: -one.score)


def least(deal: Deal, fact: Fact | None) -> float:
    """The score that `fact` must reach to be taken for the answer."""
    if fact is None:
        return OWNS_UP
    return AGREES if deal.understanding.has(fact.intent) else ANSWERS


def answering(deal: Deal, ranked: list[Ranked], enough: float) -> list[Fact]:
    """The facts from the top down, one a topic, until a question without an answer or one to work out.

    What is said beside the first must be of a kind that was asked for.
    """
    found: dict[str, Fact] = {}
    for fact, score, _ in ranked:
        if fact is None or score < enough or fact.topic in WORKED_OUT:
            break
        key = f"{fact.product}#{fact.topic}" if fact.product not in (None, deal.focus) else fact.topic
        if not found or deal.understanding.has(fact.intent):
            found.setdefault(key, fact)
    return list(found.values())[:3]


def candidates(deal: Deal, passage: Passage) -> list[Fact | None]:
    """What a passage stands for here: its fact, or other claims of its topic where it does not hold itself.

    None is a question without an answer.
    """
    fact = turned_to_focus(deal, passage)
    if fact is None or usable(deal, fact):
        return [fact]
    return [other for other in deal.book.topic(fact.topic, deal.now.date()) if usable(deal, other)]


def turned_to_focus(deal: Deal, passage: Passage) -> Fact | None:
    """The fact recalled, in the column of the product in focus.

    None where the question is known and the answer is not: no product has such a value, or not this one.
    """
    fact = deal.book.get(passage.fact_id)
    if fact is None or fact.product is None or deal.focus is None or fact.product == deal.focus:
        return fact
    named = [mention.value for mention in deal.understanding.mentions if mention.slot == "product"]
    if fact.product in named:
        return fact
    return deal.book.cell(deal.focus, fact.topic) or _of_the_others(deal, fact)


def _of_the_others(deal: Deal, fact: Fact) -> Fact | None:
    """The value of another product talked of, where it is asked which of them has it: 哪个不用围栏."""
    if not spoken(WHICH_OF_THEM, deal.text):
        return None
    cells = [deal.book.cell(item.product, fact.topic) for item in reversed(deal.line_items)]
    return next((cell for cell in cells if cell), None)


def usable(deal: Deal, fact: Fact) -> bool:
    """In force, and not refuted by what is known of the deal."""
    return fact.in_force(deal.now.date()) and holds(fact.when, deal.situation(), deal.pack) is not False


def owns_up(deal: Deal, passage: Passage) -> float:
    """The factor on a question without an answer: high where the turn asks that kind of thing.

    A product named in the words has lowered what was found of other products; here that does not count.
    """
    attribute = deal.pack.question(passage.topic or "")
    agrees = attribute is None or deal.understanding.has(attribute.intent)
    sure = deal.understanding.intents[0].confidence >= SURELY
    factor = NOT_KNOWN if agrees else BESIDE if sure else 1 / NOT_KNOWN
    return factor * OTHERS if passage.fact_id and "product" in deal.mentions else factor


def suits(deal: Deal, fact: Fact, score: float, priced: float) -> float:
    """How well the fact's intent and subject agree with the turn: a factor on its score.

    `priced` is the best score of a list price: what was asked may be the price of a service.
    """
    sure = deal.understanding.intents[0].confidence >= SURELY
    factor = 1.15 if deal.understanding.has(fact.intent) else 0.7 if sure and score < MEANT else 0.85
    if fact.topic == "price":
        factor *= 1.15
    elif factor < 1.0 and deal.understanding.has("ask_price"):
        factor = 1.0 if score >= MEANT or score > max(ANSWERS, DEARER * priced) else 0.5
    if deal.focus in fact.when.products:
        factor *= OF_THIS
    elif deal.focus and fact.about.products and deal.focus not in fact.about.products:
        factor /= OF_THIS
    if deal.focus and fact.product == deal.focus:
        factor *= 1.0 if "product" in deal.mentions else 1.5  # a product just named has raised the score
    elif subjects := (*fact.about.products, *fact.about.industries, *fact.about.applications):
        said = f"{deal.focus} {deal.value('industry')} {deal.value('application')} {deal.text}"
        factor *= 1.15 if any(subject in said for subject in subjects) else 0.9
    if fact.when.names_region() and deal.known("location"):
        factor *= 1.1
    return factor


def offers(deal: Deal, passages: tuple[Passage, ...]) -> tuple[OfferView, ...]:
    """Offers on the product in focus: the one asked about, then those that apply, then those in force."""
    if not deal.understanding.has(*ABOUT_PRICES):
        return ()
    asked = named_by_discount(deal) or singled_out(passages)
    views = [
        OfferView(offer=offer.id, product=product, state=offer_state(offer, product, deal.situation(product)))
        for offer in deal.pack.offers
        if (product := on_offer(deal, offer))
    ]
    order = {"applies": 1, "needs": 2, "upcoming": 3, "ended": 3}
    ranked = sorted(views, key=lambda view: (view.offer != asked, order[view.state]))
    if deal.focus is None:
        return tuple(view for view in ranked if view.offer == asked)
    return tuple(view for view in ranked if view.state in {"applies", "needs"} or view.offer == asked)


def named_by_discount(deal: Deal) -> str | None:
    """The offer that the customer names by its discount (两年付85折), of those on the product in focus."""
    rates = {round(share.rate, 4) for share in read_shares(deal.text) if share.reduction}
    named = [
        offer.id
        for offer in deal.pack.offers
        if round(offer.discount, 4) in rates and (deal.focus is None or deal.focus in offer.products)
    ]
    return named[0] if named else None


def on_offer(deal: Deal, offer: Offer) -> str | None:
    """The product for which an offer is looked at: the one in focus, or any while none is."""
    if deal.focus is None:
        return offer.products[0]
    return deal.focus if deal.focus in offer.products else None


def singled_out(passages: tuple[Passage, ...]) -> str | None:
    """The offer that the words are about, where they are about one and not about offers as such."""
    found = {passage.source: passage.score for passage in passages if passage.topic == "offer"}
    usual = median(found.values()) if len(found) > 1 else 0.0
    best = max(found, key=found.__getitem__, default=None)
    if best is None or found[best] < max(ANSWERS, SINGLED_OUT * usual):
        return None
    return best.removeprefix("promotions:")
