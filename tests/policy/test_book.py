from __future__ import annotations

from datetime import date

from tests.fakes import book_of

DAY = date(2026, 11, 22)


def test_facts_by_id_and_by_cell() -> None:
    book = book_of()
    fact = book.get("catalogue:QH-R20#payload")
    assert fact is not None and "20" in fact.text["zh"]
    assert book.cell("QH-R20", "payload") is fact
    assert book.get("nothing") is None and book.get(None) is None
    assert book.cell(None, "payload") is None and book.cell("QH-V2", "payload") is None


def test_claims_by_topic_only_while_they_are_in_force() -> None:
    book = book_of()
    for topic in {fact.topic for fact in book.facts}:
        told = book.topic(topic, DAY)
        assert all(fact.topic == topic and not fact.product and fact.in_force(DAY) for fact in told)
    assert book.topic("discount_authority", DAY)
    assert book.topic("no such topic", DAY) == ()


def test_every_default_belongs_to_its_intent() -> None:
    book = book_of()
    assert book.defaults("ask_service", DAY)
    assert all(fact.default and fact.intent == "ask_service" for fact in book.defaults("ask_service", DAY))
    assert book.defaults("greet", DAY) == ()
