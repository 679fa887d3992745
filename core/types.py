"""The values that pass between layers. All are immutable; all serialise to JSON."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Lang = Literal["zh", "en"]
Channel = Literal["voice", "text"]
Event = Literal["start", "silence", "hangup"]
Direction = Literal["outbound", "inbound"]
"""Who began: we called, or the customer came to us."""
Barrier = Literal["do_not_call", "hours", "attempts"]
"""Why the robot may not call a customer of its own accord."""
Status = Literal["heard", "confirmed", "verified"]
VerdictName = Literal["pass", "repaired", "replaced"]
HandoffStatus = Literal["waiting", "held", "returned", "closed", "missed"]
"""How a talk stands with the human colleagues: asked for, taken, given back, ended by them, or nobody came."""


class Frozen(BaseModel):
    """An immutable value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(StrEnum):
    """What the robot is trying to achieve now."""

    OPENING = "opening"
    QUALIFICATION = "qualification"
    PRESENTATION = "presentation"
    OBJECTION = "objection"
    PROPOSAL = "proposal"
    CLOSING = "closing"
    HANDOFF = "handoff"
    ENDED = "ended"


class Word(Frozen):
    """One recognised word; times in seconds from the start of the audio, confidence 0..1."""

    text: str
    start: float
    end: float
    confidence: float = Field(ge=0, le=1)


class Audio(Frozen):
    """A recording on disk; the state carries its path and digest, never its samples."""

    path: str
    sha256: str


class Transcript(Frozen):
    """What the recogniser heard, and which engine heard it."""

    text: str
    words: tuple[Word, ...] = ()
    engine: str


class IntentScore(Frozen):
    """An intent with its calibrated confidence, 0..1."""

    id: str
    confidence: float = Field(ge=0, le=1)


class Mention(Frozen):
    """A slot value found in one utterance: normal form, the words said, and where (code points)."""

    slot: str
    value: Any
    text: str
    start: int
    end: int
    confidence: float = Field(default=1.0, ge=0, le=1)
    negated: bool = False
    """True for the value a correction throws out: the 二十台 of 不是二十台,是十二台."""


class Understanding(Frozen):
    """At most two ranked intents and every slot mention of one utterance."""

    intents: tuple[IntentScore, ...] = ()
    mentions: tuple[Mention, ...] = ()

    @property
    def intent(self) -> str:
        """The main intent, `out_of_scope` where there is none."""
        return self.intents[0].id if self.intents else "out_of_scope"

    def has(self, *ids: str, least: float = 0.0) -> bool:
        """Whether any of `ids` is among the intents, with a confidence of `least` or more."""
        return any(score.id in ids and score.confidence >= least for score in self.intents)

    def values(self) -> dict[str, Any]:
        """Slot to value, the thrown-out values left aside; several products come as a list."""
        found: dict[str, Any] = {}
        for mention in self.mentions:
            if mention.negated:
                continue
            if mention.slot == "product" and mention.slot in found:
                seen = found["product"] if isinstance(found["product"], list) else [found["product"]]
                if mention.value not in seen:
                    found["product"] = [*seen, mention.value]
            elif mention.slot not in found:
                found[mention.slot] = mention.value
        return found


class Passage(Frozen):
    """A piece of knowledge that retrieval found; `score` is 0..1, higher is better."""

    source: str
    text: str
    score: float
    kind: Literal["fact", "question", "chunk"] = "chunk"
    fact_id: str | None = None
    topic: str | None = None
    """What the passage is about; with no fact, a known question that no product's data answers."""
    valid_from: str | None = None
    valid_until: str | None = None


class Excerpt(Frozen):
    """The words of a file of the library that answer a question, quoted as they stand there."""

    source: str
    """`FILE#CHUNK`."""
    text: str
    """What may be said: whole sentences, or cells of a table put into words."""
    start: int = 0
    """Code points of the file's text before the passage that the words are from."""
    score: float = Field(ge=0, le=1)
    """How likely the words answer the question."""
    heading: str = ""
    valid_from: str | None = None
    """First day in force, ISO; None is open."""
    valid_until: str | None = None
    in_force: bool = True


class Correction(Frozen):
    """A value that was replaced: it stays on record."""

    value: Any
    turn: int


class SlotValue(Frozen):
    """A tracked slot: its value and how we know it."""

    value: Any
    turn: int
    text: str
    start: int = 0
    end: int = 0
    confidence: float = 1.0
    status: Status = "heard"
    earlier: tuple[Correction, ...] = ()


class SlotChange(Frozen):
    """A slot that one utterance changes, and the words that say so (code points of that utterance).

    `value` is the new value, None where the one held is taken back. `confirms` says that the customer
    agreed to the value when it was read back.
    """

    slot: str
    value: Any
    text: str = ""
    start: int = 0
    end: int = 0
    confidence: float = 1.0
    confirms: bool = False


class LineItem(Frozen):
    """One product of the deal."""

    product: str
    quantity: Any = None


class Changes(Frozen):
    """What one utterance changes in the dialogue state; None leaves line items or focus as they were.

    A focus that is no longer among the line items falls to the last of them.
    """

    slots: tuple[SlotChange, ...] = ()
    line_items: tuple[LineItem, ...] | None = None
    focus: str | None = None


class Quote(Frozen):
    """A price worked out by policy, never by a model. Money in whole units of `currency`."""

    product: str
    quantity: int
    list_price: float
    unit_price: float
    offer: str | None = None
    total: float
    currency: str


class Act(Frozen):
    """One dialogue act: what to say, from which script situation, filled with which values."""

    act: str
    slot: str | None = None
    script: str | None = None
    values: dict[str, Any] = {}
    facts: tuple[str, ...] = ()
    """Ids of the facts that support what is said."""
    revision: int | None = None
    """The revision of the script library to speak from; None: the one of the turn."""
    excerpt: Excerpt | None = None
    """The words of the library that are quoted: they support what is said as a fact does."""


class ToolCall(Frozen):
    """A tool with an effect that the plan wants run."""

    name: str
    args: dict[str, Any] = {}


class Action(Frozen):
    """A tool that was run, and what came of it."""

    name: str
    args: dict[str, Any] = {}
    result: dict[str, Any] = {}


class Citation(Frozen):
    """Where a statement comes from: `catalogue:ID`, `promotions:ID`, `policies:HEADING`, `FILE#CHUNK`."""

    source: str
    text: str


class Violation(Frozen):
    """A commitment in a sentence that no fact in force supports."""

    kind: str
    text: str
    reason: str


class GuardResult(Frozen):
    """The guard's ruling over one sentence or one reply."""

    verdict: VerdictName = "pass"
    violations: tuple[Violation, ...] = ()
    safe_text: str = ""


class Plan(Frozen):
    """What this turn will do: the stage and why, what to say, which tools to run."""

    stage: Stage
    reason: str
    acts: tuple[Act, ...] = ()
    tools: tuple[ToolCall, ...] = ()
    quotes: tuple[Quote, ...] = ()
    broken: tuple[str, ...] = ()
    """Ids of the rules that the plan broke before it was mended."""


class Line(Frozen):
    """One line of the talk, by whom, with the intents heard or the acts said."""

    turn: int
    who: Literal["customer", "robot", "operator"]
    text: str
    tags: tuple[str, ...] = ()


class CustomerCard(Frozen):
    """What the caller of a turn already knows about the customer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str | None = None
    company: str | None = None
    contact_name: str | None = None
    title: str | None = None
    industry: str | None = None
    location: str | None = None
    phone: str | None = None
    email: str | None = None
    product: str | None = None
    history: tuple[str, ...] = ()


class Situation(Frozen):
    """What is known about the deal when a fact, an offer or a claim is weighed."""

    now: datetime
    lang: Lang = "zh"
    product: str | None = None
    products: tuple[str, ...] = ()
    """Every product of the deal, for offers that need a bundle."""
    quantity: int | None = None
    location: str | None = None
    slots: dict[str, Any] = {}
    """The customer's own words in normal form: a reply may repeat them."""


class Evidence(Frozen):
    """How a slot is known, as the contract prints it."""

    turn: int
    text: str
    status: Status


class TurnAnswer(Frozen):
    """One finished turn, in the form `talktrack chat --json` prints."""

    thread: str
    turn: int
    turn_id: str
    reply: str
    intents: tuple[IntentScore, ...] = ()
    mentions: dict[str, Any] = {}
    slots: dict[str, Any] = {}
    line_items: tuple[LineItem, ...] = ()
    evidence: dict[str, Evidence] = {}
    stage: Stage = Stage.OPENING
    acts: tuple[dict[str, Any], ...] = ()
    actions: tuple[Action, ...] = ()
    citations: tuple[Citation, ...] = ()
    guard: GuardResult = GuardResult()
    latency_ms: dict[str, float] = {}
