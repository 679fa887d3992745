"""The difference that one customer line makes to the dialogue state: what a model tells, what examples show."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Told(BaseModel):
    """Read strictly: a number in quotes is no number. Fields that nobody asked for are left aside."""

    model_config = ConfigDict(strict=True, frozen=True)


class Range(_Told):
    """From `min` to `max`, None for an open side."""

    min: int | float | None = None
    max: int | float | None = None


class SlotSet(_Told):
    """A slot and its value from now on, in normal form, with the customer's words that it rests on."""

    slot: str
    value: int | float | str | Range
    words: str


class Removal(_Told):
    """A value that the customer takes back; for `product` and `quantity` the product is named."""

    slot: str
    product: str | None = None
    words: str


class ItemSet(_Told):
    """A product of the deal and how many: None leaves the number as it was. No product: none is known yet."""

    product: str | None
    quantity: int | Range | None = None
    words: str


class StateDiff(_Told):
    """Everything that one line changes; what it does not name stays as it was."""

    set: list[SlotSet]
    remove: list[Removal] = []
    confirm: list[str] = []
    """Slots whose value, just read back, the customer agrees to."""
    items: list[ItemSet] = []
    focus: str | None = None
    """The product talked of from now on; None: as before."""
