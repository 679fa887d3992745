"""Strict checkpoint serialisation: only the state's own types come back to life."""

from __future__ import annotations

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from core import grounding, pack, types
from core.types import Frozen

MODULES = (types, pack, grounding)


def state_types() -> list[tuple[str, str]]:
    """(module, name) of every value the state may hold."""
    found = [
        (value.__module__, name)
        for module in MODULES
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Frozen) and value.__module__ == module.__name__
    ]
    return [*found, (types.Stage.__module__, types.Stage.__name__)]


def serializer() -> JsonPlusSerializer:
    """A serializer that refuses every other type, pickles included."""
    return JsonPlusSerializer(allowed_msgpack_modules=state_types())
