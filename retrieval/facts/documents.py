"""What is searched: one document a fact, one a piece of the pack's knowledge files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from langchain_core.documents import Document

from core.pack import Attribute, Chunk, Fact, Pack, Valid, localise


def documents_of(pack: Pack, facts: Iterable[Fact]) -> list[Document]:
    """Documents with stable ids (`fact:ID`, `question:ATTRIBUTE`, `chunk:FILE#CHUNK`), facts first.

    A `question` is an attribute that people ask for and no product has a value of: finding it is
    knowing that the answer is not known.

    `page_content` is the text in the pack's first language. Metadata is plain JSON: source, kind,
    fact_id, topic, intent, product, valid_from, valid_until (ISO days or None); `texts` by language;
    `asks`, example questions that find the document; `names`, product id to every name of it;
    `products`, every product the document speaks of.
    """
    told = list(facts)
    answered = {fact.topic for fact in told}
    return [
        *(_fact_document(pack, fact) for fact in told),
        *(
            _question_document(row)
            for row in (*pack.attributes, *pack.unanswered)
            if row.asks and row.id not in answered
        ),
        *(_chunk_document(chunk) for chunk in pack.knowledge),
    ]


def search_texts(document: Document) -> list[str]:
    """Every text the document may be found by: its own in each language, then its example questions."""
    texts: dict[str, str] = document.metadata["texts"]
    return list(dict.fromkeys([*texts.values(), *document.metadata["asks"]]))


def _fact_document(pack: Pack, fact: Fact) -> Document:
    products = dict.fromkeys([fact.product] if fact.product else [*fact.about.products, *fact.when.products])
    metadata: dict[str, Any] = {
        "source": fact.source,
        "kind": "fact",
        "fact_id": fact.id,
        "topic": fact.topic,
        "intent": fact.intent,
        "product": fact.product,
        **_validity(fact),
        "texts": dict(fact.text),
        "asks": [ask for asks in fact.asks.values() for ask in asks],
        "products": list(products),
        "names": {product: _names(pack, product) for product in products},
    }
    return Document(
        id=f"fact:{fact.id}", page_content=localise(fact.text, pack.languages[0]), metadata=metadata
    )


def _question_document(attribute: Attribute) -> Document:
    named = {lang: localise(attribute.names, lang)[0] for lang in attribute.names}
    metadata: dict[str, Any] = {
        "source": f"attributes:{attribute.id}",
        "kind": "question",
        "fact_id": None,
        "topic": attribute.id,
        "intent": attribute.intent,
        "product": None,
        **_validity(Valid()),
        "texts": named,
        "asks": [ask for asks in attribute.asks.values() for ask in asks],
        "products": [],
        "names": {},
    }
    text = next(iter(named.values()))
    return Document(id=f"question:{attribute.id}", page_content=text, metadata=metadata)


def _chunk_document(chunk: Chunk) -> Document:
    metadata: dict[str, Any] = {
        "source": chunk.source,
        "kind": "chunk",
        "fact_id": None,
        "topic": None,
        "intent": None,
        "product": None,
        **_validity(chunk),
        "texts": {"any": chunk.text},
        "asks": [f"{chunk.heading} {chunk.text}"] if chunk.heading else [],
        "products": [],
        "names": {},
    }
    return Document(id=f"chunk:{chunk.source}", page_content=chunk.text, metadata=metadata)


def _validity(valid: Valid) -> dict[str, str | None]:
    return {
        "valid_from": valid.valid_from.isoformat() if valid.valid_from else None,
        "valid_until": valid.valid_until.isoformat() if valid.valid_until else None,
    }


def _names(pack: Pack, product_id: str) -> list[str]:
    product = pack.product(product_id)
    if product is None:
        return [product_id]
    return list(dict.fromkeys([product.id, *product.name.values(), *product.aliases]))
