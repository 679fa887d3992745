"""Makes the weights of `retrieval.rank`: `python -m training.rank QUESTIONS.json --plain-text FOLDER`.

Two kinds of questions: a file of the SQuAD form (CMRC2018 trial: CC BY-SA 4.0), and the example questions of the packs
that ship, whose right passages are those of the pack's knowledge files that hold the claim word for word. Passages of
plain text (`*.txt.gz`, a sentence a line) are put between, so that the right one is harder to find.

The order is a conditional logit over the candidates of each question; the likelihood is a logistic regression over the
best candidate, learnt from every question once as it is and once with its passages taken out. Figures are by
cross-validation, the questions of one passage kept together.
"""

from __future__ import annotations

import gzip
import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from langchain_core.documents import Document
from numpy.typing import NDArray

from domains.load import load_pack, shipped_packs
from retrieval.ingest.read import read_file
from retrieval.rank import FEATURES, Candidate, Query, features
from retrieval.store.base import Chunk, FileChange, FileRecord, Snapshot
from retrieval.store.local import LocalStore
from retrieval.tokens import query_weights, tokens

Floats = NDArray[np.float64]
CANDIDATES = 24
FOLDS = 5
PASSAGE = 500
"""Characters of a passage made of plain text."""
STRENGTHS = (1.0, 3.0, 10.0, 30.0)


@dataclass(frozen=True)
class Asked:
    """A question's candidates: features (candidates, FEATURES), which is right, and its passage's number."""

    rows: Floats
    right: NDArray[np.bool_]
    passage: int


def read_squad(file: Path) -> tuple[list[str], list[tuple[str, int]]]:
    """Passages, and questions with the number of the passage that answers them."""
    passages: list[str] = []
    questions: list[tuple[str, int]] = []
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            passages.append(paragraph["context"])
            asked = (row["question"].strip() for row in paragraph["qas"])
            questions += [(question, len(passages) - 1) for question in asked if question]
    return passages, questions


def plain_passages(folder: Path, count: int, seed: int = 0) -> list[str]:
    """`count` passages cut from the plain text of a folder."""
    found: list[str] = []
    for file in sorted(folder.glob("*.txt.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            passage = ""
            for number, line in enumerate(lines):
                passage += line.strip()
                if len(passage) > PASSAGE:
                    found.append(passage)
                    passage = ""
                if number > 30_000:
                    break
    picked = np.random.default_rng(seed).permutation(len(found))[:count]
    return [found[at] for at in picked]


def read_packs(names: Sequence[str]) -> tuple[list[Document], list[tuple[str, frozenset[int]]]]:
    """Chunks of the packs' knowledge files, and the packs' example questions with the chunks that answer them."""
    documents: list[Document] = []
    questions: list[tuple[str, frozenset[int]]] = []
    for name in names:
        pack = load_pack(name)
        begin = len(documents)
        for file in sorted((pack.path / "knowledge").glob("*.md")):
            documents += read_file(file, f"{name}/{file.name}").chunks
        own = [(at, _letters(documents[at].page_content)) for at in range(begin, len(documents))]
        for claim in pack.claims:
            for lang, text in claim.text.items():
                right = frozenset(at for at, held in own if _letters(text) in held)
                questions += [(ask, right) for ask in claim.asks.get(lang, ())]
    return documents, questions


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def document_of(text: str, at: int) -> Document:
    """A passage without headings."""
    return Document(
        id=f"p#{at}", page_content=text, metadata={"source": f"p#{at}", "file": "p", "heading": ""}
    )


def stored(documents: Sequence[Document], folder: Path) -> LocalStore:
    """A store with one chunk a document; chunk N is document N - 1."""
    chunks = [
        Chunk(document, tokens(document.page_content), tokens(head_of(document))) for document in documents
    ]
    store = LocalStore(folder)
    store.apply([FileChange("p", FileRecord("p", "p", "", 0, "2026-01-01T00:00"), chunks)])
    return store


def head_of(document: Document) -> str:
    """Headings and question, as the library indexes them."""
    metadata = document.metadata
    return " ".join(part for part in (metadata.get("heading"), metadata.get("question")) if part)


def look(snapshot: Snapshot, question: str, right: frozenset[int], *, bereft: bool = False) -> Asked | None:
    """The candidates of a question, the right ones taken out where `bereft`; None where there are none."""
    query = Query(question, query_weights(question))
    hits = snapshot.by_words(query.weights, CANDIDATES, day=None)
    hits = [hit for hit in hits if not (bereft and hit.row - 1 in right)]
    if not hits:
        return None
    documents = snapshot.documents([hit.row for hit in hits])
    candidates = [Candidate(document, hit.score) for document, hit in zip(documents, hits, strict=True)]
    return Asked(
        features(query, candidates, snapshot),
        np.array([hit.row - 1 in right for hit in hits]),
        min(right, default=len(question)),
    )


def looked(
    documents: Sequence[Document], questions: Sequence[tuple[str, frozenset[int]]]
) -> tuple[list[Asked], list[Asked]]:
    """Every question over an index of the documents, as it is and bereft of its passages."""
    with tempfile.TemporaryDirectory() as folder:
        store = stored(documents, Path(folder))
        snapshot = store.snapshot()
        asked = [one for text, right in questions if (one := look(snapshot, text, right))]
        bereft = [
            one for text, right in questions if right and (one := look(snapshot, text, right, bereft=True))
        ]
        store.close()
    return asked, bereft


def fit_order(asked: Sequence[Asked], mean: Floats, scale: Floats, strength: float) -> Floats:
    """Weights under which the right candidate of each question is the likeliest (conditional logit, L2)."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    rows = [((one.rows - mean) / scale, one.right) for one in asked if one.right.any()]

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = strength * float(weights @ weights) / 2, strength * weights
        for scaled, right in rows:
            powers = scaled @ weights
            powers = np.exp(powers - powers.max())
            share = powers / powers.sum()
            value -= float(np.log(share[right].sum() + 1e-12))
            slope = slope + scaled.T @ (share - right / right.sum())
        return value, slope

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x)


def best_of(asked: Asked, mean: Floats, scale: Floats, weights: Floats) -> tuple[int, float]:
    """The best candidate, and its share of the softmax."""
    order = (asked.rows - mean) / scale @ weights
    powers = np.exp(order - order.max())
    at = int(order.argmax())
    return at, float(powers[at] / powers.sum())


def folds(asked: Sequence[Asked]) -> Iterator[tuple[list[Asked], list[Asked]]]:
    """Training and held-out questions; those of one passage stay together."""
    for fold in range(FOLDS):
        yield (
            [one for one in asked if one.passage % FOLDS != fold],
            [one for one in asked if one.passage % FOLDS == fold],
        )


def recall_at_1(asked: Sequence[Asked], mean: Floats, scale: Floats, strength: float) -> float:
    """Share of the questions whose passage comes first, held out fold by fold."""
    hits = 0
    for train, test in folds(asked):
        weights = fit_order(train, mean, scale, strength)
        hits += sum(bool(one.right[best_of(one, mean, scale, weights)[0]]) for one in test)
    return hits / len(asked)


def fit_likelihood(
    asked: Sequence[Asked], bereft: Sequence[Asked], mean: Floats, scale: Floats, weights: Floats
) -> tuple[Floats, float]:
    """A logistic regression over the best candidate, whether it is right."""
    from sklearn.linear_model import LogisticRegression

    rows, right = [], []
    for one in (*asked, *bereft):
        at, share = best_of(one, mean, scale, weights)
        rows.append(np.append((one.rows[at] - mean) / scale, share))
        right.append(bool(one.right[at]))
    model = LogisticRegression(C=0.1, max_iter=2000).fit(np.array(rows), right)
    return np.asarray(model.coef_[0]), float(model.intercept_[0])


def train(file: Path, plain: Path | None, between: int) -> dict[str, Any]:
    """Everything that `rank.json` holds, and the figures."""
    passages, read = read_squad(file)
    more = [document_of(text, at) for at, text in enumerate(plain_passages(plain, between) if plain else [])]
    squad = looked(
        [*(document_of(text, at) for at, text in enumerate(passages)), *more],
        [(question, frozenset({at})) for question, at in read],
    )
    documents, questions = read_packs(shipped_packs())
    packs = looked([*documents, *more], questions)
    asked, bereft = [*squad[0], *packs[0]], [*squad[1], *packs[1]]
    rows = np.concatenate([one.rows for one in asked])
    mean, scale = rows.mean(axis=0), np.where(rows.std(axis=0) > 1e-6, rows.std(axis=0), 1.0)
    known = [one for one in asked if one.right.any()]
    scores = {strength: recall_at_1(known, mean, scale, strength) for strength in STRENGTHS}
    strength = max(scores, key=scores.__getitem__)
    weights = fit_order(asked, mean, scale, strength)
    likely, bias = fit_likelihood(asked, bereft, mean, scale, weights)
    return {
        "made_by": f"python -m training.rank {file.name}",
        "learnt_from": {"questions": len(asked), "passages": len(passages) + len(documents) + len(more)},
        "source": "learnt from CMRC2018 trial (github.com/ymcui/cmrc2018, CC BY-SA 4.0) and the packs that ship",
        "recall_at_1_held_out": {str(key): round(value, 4) for key, value in scores.items()},
        "recall_at_1_first_stage": round(sum(bool(one.right[0]) for one in known) / len(known), 4),
        "features": list(FEATURES),
        "mean": mean.round(5).tolist(),
        "scale": scale.round(5).tolist(),
        "weights": weights.round(4).tolist(),
        "likely": likely.round(4).tolist(),
        "bias": round(bias, 4),
    }


def main(
    questions: Annotated[Path, typer.Argument(help="Questions and passages in the SQuAD form.")],
    plain_text: Annotated[
        Path | None, typer.Option(help="Folder of *.txt.gz to cut other passages from.")
    ] = None,
    between: Annotated[int, typer.Option(help="How many of those.")] = 600,
    out: Annotated[Path, typer.Option(help="Where to write.")] = Path("retrieval/rank.json"),
) -> None:
    """Learn the weights and write them."""
    told = train(questions, plain_text, between)
    out.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    typer.echo(json.dumps({key: told[key] for key in ("recall_at_1_first_stage", "recall_at_1_held_out")}))


if __name__ == "__main__":
    typer.run(main)
