"""A company as data: catalogue, offers, claims, scripts, playbook, examples.

`domains/` reads packs into these types; nothing here knows any one company. Texts are dicts by
language (`{"zh": ..., "en": ...}`); `localise` picks one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from core.diff import StateDiff
from core.types import Frozen, Lang, LineItem, Stage

T = TypeVar("T")
Text = dict[Lang, str]
Texts = dict[Lang, tuple[str, ...]]


def localise(text: Mapping[Lang, T], lang: Lang) -> T:
    """The text in `lang`, or in whatever language the pack has it."""
    if lang in text:
        return text[lang]
    return next(iter(text.values()))


class Valid(Frozen):
    """Something in force from one day to another, both included; None is open."""

    valid_from: date | None = None
    valid_until: date | None = None

    def in_force(self, day: date) -> bool:
        """Whether it holds on `day`."""
        return not self.ended(day) and not self.upcoming(day)

    def ended(self, day: date) -> bool:
        return self.valid_until is not None and day > self.valid_until

    def upcoming(self, day: date) -> bool:
        return self.valid_from is not None and day < self.valid_from


class Requirement(Frozen):
    """A slot that a customer's need puts on an attribute: payload_kg at most what the machine lifts."""

    slot: str
    at: Literal["least", "most"] = "least"
    """`least`: the attribute must reach the slot's value; `most`: must not exceed it."""


class Attribute(Frozen):
    """A property that products have: what it is called, how people ask for it, which intent asks."""

    id: str
    names: Texts
    intent: str = "ask_product"
    unit: str | None = None
    """Unit to print behind a bare number from a catalogue column, e.g. kg; a spec keeps its own."""
    say: Text | None = None
    """Sentence with {name} {value} {product}; a default serves where it is missing."""
    asks: Texts = {}
    requirement: Requirement | None = None


class Product(Valid):
    """A catalogue row. `specs` maps attribute ids to their value as written, e.g. payload -> 6kg.

    `specs` and `features` are in the pack's main language; `spec` and `features_in` know the others.
    """

    id: str
    name: Text
    aliases: tuple[str, ...] = ()
    category: str = ""
    list_price: float
    """In whole units of the pack's currency."""
    unit: Text
    specs: dict[str, str] = {}
    features: tuple[str, ...] = ()
    """Spec texts that belong to no attribute, e.g. 碰撞检测."""
    specs_by_lang: dict[Lang, dict[str, str]] = {}
    features_by_lang: dict[Lang, tuple[str, ...]] = {}

    def spec(self, attribute: str, lang: Lang) -> str:
        """The value of an attribute in `lang`, as the catalogue writes it where it has no own wording."""
        return self.specs_by_lang.get(lang, {}).get(attribute, self.specs[attribute])

    def features_in(self, lang: Lang) -> tuple[str, ...]:
        """The features in `lang`, or in the main language."""
        return localise(self.features_by_lang, lang) if self.features_by_lang else self.features


class OfferRule(Frozen):
    """When an offer applies, by data: `quantity>=5`, `years>=2`, `bundle_with:A|B`, `trade_in`, ``."""

    kind: Literal["always", "quantity", "years", "bundle", "flag"]
    threshold: int = 0
    products: tuple[str, ...] = ()
    flag: str = ""


class Offer(Valid):
    """A price reduction: the price is multiplied by `discount` (0.93 = 93 折 = 7 % off)."""

    id: str
    products: tuple[str, ...]
    rule: OfferRule
    discount: float
    note: Text


class Condition(Frozen):
    """When a claim holds. Empty holds always; unknown deal facts leave it undecided."""

    regions: tuple[str, ...] = ()
    not_regions: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    amount_at_least: float | None = None
    quantity_at_least: int | None = None

    def names_region(self) -> bool:
        return bool(self.regions or self.not_regions)


class About(Frozen):
    """What a claim is about, for choosing among claims: products, trades, applications."""

    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()


class Claim(Valid):
    """A sentence the company stands behind, with the conditions it holds under."""

    id: str
    heading: str
    """Cited as `policies:HEADING`."""
    topic: str
    intent: str
    text: Text
    asks: Texts = {}
    when: Condition = Condition()
    about: About = About()
    default: bool = False
    """Said when the intent is clear and no wording of the question picks a better claim."""


class Example(Frozen):
    """A training utterance: its intents (main first) and annotated spans (slot, start, end)."""

    text: str
    lang: Lang
    intents: tuple[str, ...]
    spans: tuple[tuple[str, int, int], ...] = ()


class DialogueExample(Frozen):
    """A turn as a tracker should read it: the state before, the line, and the difference it makes."""

    kind: str
    """What the turn is an example of, in a word: correction, ellipsis, range."""
    lang: Lang
    customer: str
    robot: str = ""
    """The robot's line just before."""
    expecting: str | None = None
    """The slot that the robot asked for, or `confirm:SLOT`."""
    slots: dict[str, Any] = {}
    earlier: dict[str, tuple[Any, ...]] = {}
    """Values that were replaced, oldest first."""
    items: tuple[LineItem, ...] = ()
    focus: str | None = None
    diff: StateDiff


class ScriptLine(Valid):
    """One line a salesperson speaks from (话术), for one situation.

    A criterion left empty fits every talk; one that is given must fit.
    """

    id: str
    situation: str
    lang: Lang
    text: str
    channel: Literal["voice", "text"] | None = None
    industries: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    personas: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """Values of the slot decision_role."""
    customers: Literal["new", "returning"] | None = None
    version: int = 1
    origin: Literal["own", "common", "fallback"] = "own"
    """`common`: of the lines that all packs share; `fallback`: such a line where the pack has its own,
    spoken only when none of those fits."""

    @property
    def criteria(self) -> tuple[str, ...]:
        """Names of the criteria that are given."""
        return tuple(name for name in CRITERIA if getattr(self, name))


CRITERIA = ("channel", "industries", "stages", "personas", "roles", "customers")
"""Fields of a script line that say in which talks it may be spoken."""


class When(Frozen):
    """What must be so in a talk: every field that is given; empty, it always holds.

    Of a list one entry is enough; of `known` all are needed, and of `unknown` none may be known.
    """

    stages: tuple[Stage, ...] = ()
    """The talk is in one of them."""
    intents: tuple[str, ...] = ()
    """One of them was just heard."""
    acts: tuple[str, ...] = ()
    """One of them is done in this turn."""
    tools: tuple[str, ...] = ()
    """One of them is run in this turn."""
    topics: tuple[str, ...] = ()
    """One of this turn's acts is about one of them."""
    known: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    at_least: int = 0
    """So many of the playbook's questions are answered."""
    heard: dict[str, int] = {}
    """An intent was heard so often in this talk, this turn included; `priced` counts prices told."""
    categories: tuple[str, ...] = ()
    """The product in focus belongs to one of them."""
    titles: tuple[str, ...] = ()
    """The customer's position contains one of these words."""
    roles: tuple[str, ...] = ()
    """The customer's part in the decision is one of them."""
    channel: Literal["voice", "text"] | None = None


class Ask(Frozen):
    """A question of the robot: for which slot, in which stage, and when it makes sense."""

    slot: str
    stage: Stage = Stage.QUALIFICATION
    """`qualification`: at any time until a step is settled; `closing`: once it is."""
    bant: Literal["budget", "authority", "need", "timing"] | None = None
    when: When = When()


class PlayStep(Frozen):
    """One attempt at an objection: the situation to speak, and what may be argued with before it.

    `argue` names, in order of preference, `offer` (one in force on the product), `case` (a reference from
    the customer's own trade), or the topic of a claim.
    """

    say: str
    argue: tuple[str, ...] = ()


class Play(Frozen):
    """How an objection is met: one step an attempt, then respect."""

    intent: str
    steps: tuple[PlayStep, ...]

    @property
    def situations(self) -> tuple[str, ...]:
        """The situations spoken, one an attempt."""
        return tuple(step.say for step in self.steps)


class NextStep(Frozen):
    """Something to propose once enough is known, and when it makes sense."""

    id: Literal["quote", "demo", "material", "contact"]
    when: When = When()


class StagePlan(Frozen):
    """A stage of the talk: what it is for, when the talk enters it, and when its aim is reached."""

    stage: Stage
    goal: Text
    enter: tuple[When, ...] = ()
    """One of them is enough."""
    exit: tuple[When, ...] = ()
    """One of them is enough; until then the stage's own questions come first."""


class Persona(Frozen):
    """A kind of customer, to whom lines may be addressed, and how one is told."""

    id: str
    signs: tuple[When, ...]
    """One of them is enough."""


class Playbook(Frozen):
    """How a talk is led: its stages, what is asked, what is proposed, and how objections are met."""

    stages: tuple[StagePlan, ...] = ()
    """The first one whose entry holds has the talk; where none does, it stays where it is."""
    asks: tuple[Ask, ...] = ()
    plays: tuple[Play, ...] = ()
    steps: tuple[NextStep, ...] = ()
    personas: tuple[Persona, ...] = ()
    confirm: dict[str, float] = {}
    """What an error in a slot costs, 0 (nothing) to 10; what is dear and was heard badly is read back."""

    def play_for(self, intent: str) -> Play | None:
        return next((play for play in self.plays if play.intent == intent), None)

    def stage(self, stage: Stage) -> StagePlan | None:
        return next((plan for plan in self.stages if plan.stage is stage), None)


class DemoMode(Frozen):
    """A way to see the goods: weekdays (0 = Monday), hours `HH:MM`."""

    id: str
    name: Text
    weekdays: tuple[int, ...]
    opens: str
    closes: str
    default: bool = False
    words: tuple[str, ...] = ()
    """Words of the customer that ask for this mode, e.g. 线上, online."""


class Contact(Frozen):
    """When the robot may call of its own accord, how often, and how long a customer waits for a human."""

    opens: str = "08:00"
    """`HH:MM`; a call may begin from this minute on."""
    closes: str = "21:00"
    """`HH:MM`; from this minute on none begins."""
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    """0 = Monday."""
    attempts_a_day: int = 3
    """Calls to one customer on one day that may stay unanswered before the robot leaves it."""
    attempts_a_month: int = 10
    """The same within 30 days."""
    handoff_wait_minutes: int = 10
    """Minutes after which a customer who waits for a human is promised a call back."""


class Category(Frozen):
    """A family of products, and the words that mean the family without naming one."""

    id: str
    names: Texts


class Chunk(Valid):
    """A piece of the pack's knowledge files; `source` is FILE#CHUNK."""

    source: str
    heading: str
    text: str


class Pack(Frozen):
    """Everything Talktrack knows about one company."""

    name: str
    version: str
    path: Path
    digest: str
    """SHA-256 over every file of the pack and of the shared defaults: what built artefacts are keyed by."""
    company: Text
    short_name: Text
    robot: Text
    languages: tuple[Lang, ...]
    currency: str
    slots: tuple[str, ...]
    """Slots the pack uses, of the taxonomy's list."""
    lexicon: dict[str, dict[str, tuple[str, ...]]] = {}
    """Slot to {canonical value: ways to say it}; e.g. competitor: {发那科: [FANUC, 法兰克]}."""
    categories: tuple[Category, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    unanswered: tuple[Attribute, ...] = ()
    """What is asked of any company and seldom answered; ids that this pack has itself are left out."""
    products: tuple[Product, ...] = ()
    offers: tuple[Offer, ...] = ()
    claims: tuple[Claim, ...] = ()
    demo_modes: tuple[DemoMode, ...] = ()
    contact: Contact = Contact()
    examples: tuple[Example, ...] = ()
    dialogues: tuple[DialogueExample, ...] = ()
    """Turns that a tracking model is shown."""
    scripts: tuple[ScriptLine, ...] = ()
    playbook: Playbook = Playbook()
    knowledge: tuple[Chunk, ...] = ()

    def product(self, product_id: str | None) -> Product | None:
        """The catalogue row of `product_id`, None where there is none."""
        return next((row for row in self.products if row.id == product_id), None)

    def attribute(self, attribute_id: str) -> Attribute | None:
        return next((row for row in self.attributes if row.id == attribute_id), None)

    def question(self, topic: str) -> Attribute | None:
        """The question that a topic without an answer stands for."""
        return next((row for row in (*self.attributes, *self.unanswered) if row.id == topic), None)


class Fact(Valid):
    """One statement the company stands behind, whatever file it comes from.

    `domains.facts` derives them from catalogue cells, offers and claims; retrieval indexes them,
    ground picks among them, the guard checks against them.
    """

    id: str
    source: str
    """As cited: `catalogue:ID`, `promotions:ID`, `policies:HEADING`."""
    topic: str
    """`price`, an attribute id, `offer`, or a claim's topic."""
    intent: str
    product: str | None = None
    text: Text
    asks: Texts = {}
    when: Condition = Condition()
    about: About = About()
    default: bool = False
