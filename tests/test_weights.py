"""The weights that ship: whole, small, and with a card."""

from __future__ import annotations

import hashlib
import json

from domains.labels import INTENTS
from engines.understanding.blend import load_blends
from engines.understanding.encoder import SHIPPED, Encoder


def test_every_file_is_as_it_was_written() -> None:
    lines = (SHIPPED / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split("  ")) for line in lines)
    assert set(listed) == {file.name for file in SHIPPED.iterdir()} - {"SHA256SUMS", "CARD.md"}
    for name, digest in listed.items():
        assert hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest() == digest, name


def test_the_encoder_is_small_knows_every_intent_and_has_its_blends() -> None:
    assert (SHIPPED / "encoder.onnx").stat().st_size < 20e6
    encoder = Encoder.load()
    assert set(encoder.intents) == set(INTENTS)
    assert encoder.tags[0] == "O"
    for blend in load_blends(SHIPPED, encoder.intents).values():
        assert 0 <= blend.weight <= 1 and 0 < blend.decision.second_above <= 1


def test_the_card_names_what_the_encoder_has_seen() -> None:
    card = (SHIPPED / "CARD.md").read_text(encoding="utf-8")
    named = json.loads((SHIPPED / "labels.json").read_text(encoding="utf-8"))
    assert "Not pretrained" in card or "licence" in card
    assert f"{len(named['intents'])} intents" in card
