"""Makes the weights of `retrieval.rank`: `python -m training.rank QUESTIONS.json --plain-text FOLDER`.

Three kinds of questions: a file of the SQuAD form (CMRC2018 trial: CC BY-SA 4.0); the example questions of the packs
that ship, as far as a chunk of the pack's knowledge files holds the claim word for word; and English ones, of StackFAQ,
whose every other thread, from the first, is learnt from (the others measure: `bench.retrieval`). The passages of the
first are searched whole, and cut into chunks under their title, so that the right chunk stands among others of its
subject. Plain text (`*.txt.gz`, a sentence a line) is put between.

The order is a conditional logit over the candidates of each question; the likelihood is a logistic regression over the
best candidate, learnt from every question once as it is and once with the chunks that answer it taken out. The strength
of the penalty is the one under which held-out questions are likeliest. Figures are held out too, fold by fold, the
questions of one passage kept together in all kinds of search.
"""

from __future__ import annotations

import gzip
import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from langchain_core.documents import Document
from numpy.typing import NDArray

from domains.load import load_pack, shipped_packs
from retrieval.ingest.read import read_file
from retrieval.rank import FEATURES, Candidate, Query, features, shares
from retrieval.store.base import Chunk, FileChange, FileRecord, Snapshot
from retrieval.store.local import LocalStore
from retrieval.tokens import query_weights, tokens

Floats = NDArray[np.float64]
CANDIDATES = 24
FOLDS = 5
PASSAGE = 500
"""Characters of a passage made of plain text."""
SHORTEST, LONGEST = 60, 600
"""Characters of a chunk made of plain text."""
CUTS: Mapping[str, int | None] = {"passages": None, "chunks": 200, "short chunks": 90}
"""Kinds of search over the file, and how many characters their chunks have at most; None is the whole passage."""
STRENGTHS = (3.0, 10.0, 30.0)
TWICE = ("packs",)
"""Kinds of search whose few questions count double: only they are asked as customers ask."""
OF_THE_COLLECTION = ("bm25_of_best", "length", "place", "dense")
"""Features that tell more of the collection than of the answer: the likelihood, which is to hold for others, has none."""
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；\n]*")


@dataclass(frozen=True)
class Question:
    """A question, the documents that answer it, and the passage it is of."""

    text: str
    right: frozenset[int]
    passage: int


@dataclass(frozen=True)
class Asked:
    """A question's candidates: features (candidates, FEATURES), which is right, and its passage's number."""

    rows: Floats
    right: NDArray[np.bool_]
    passage: int


@dataclass(frozen=True)
class Search:
    """A kind of search: its questions as they are, and bereft of what answers them."""

    asked: Sequence[Asked]
    bereft: Sequence[Asked]


@dataclass(frozen=True)
class Fit:
    """What is learnt; features are taken from `mean` and divided by `scale` before they are weighed."""

    mean: Floats
    scale: Floats
    weights: Floats

    def order(self, asked: Asked) -> Floats:
        return np.asarray((asked.rows - self.mean) / self.scale @ self.weights)

    def best(self, asked: Asked) -> tuple[int, Floats]:
        """The best candidate; its features and its share of the softmax, as the likelihood takes them."""
        order = self.order(asked)
        at = int(order.argmax())
        row = (asked.rows[at] - self.mean) / self.scale
        row[[FEATURES.index(name) for name in OF_THE_COLLECTION]] = 0.0
        return at, np.append(row, shares(order)[at])


def read_squad(file: Path, cut: int | None) -> tuple[list[Document], list[Question]]:
    """Whole passages, or chunks of at most `cut` characters under the title, and the questions about them."""
    documents: list[Document] = []
    questions: list[Question] = []
    number = 0
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            text = paragraph["context"]
            starts = []
            for start, part in pieces(text, cut) if cut else [(0, text)]:
                starts.append((start, len(documents)))
                documents.append(document_of(part, len(documents), article["title"] if cut else ""))
            for row in paragraph["qas"]:
                if asked := row["question"].strip():
                    questions.append(Question(asked, _holding(starts, text, row["answers"]), number))
            number += 1
    return documents, questions


def _holding(
    starts: Sequence[tuple[int, int]], text: str, answers: Sequence[Mapping[str, Any]]
) -> frozenset[int]:
    """The documents, by where they start, that hold the middle of an answer."""
    found = set()
    for answer in answers:
        said, at = answer["text"], answer["answer_start"]
        if text[at : at + len(said)] != said:
            at = max(0, text.find(said))
        middle = at + len(said) // 2
        found.add(max(place for place in starts if place[0] <= middle)[1])
    return frozenset(found)


def pieces(text: str, size: int) -> Iterator[tuple[int, str]]:
    """Where they start, and whole sentences together, at most `size` characters unless one alone is longer."""
    start, part = 0, ""
    for sentence in _SENTENCE.findall(text):
        if part and len(part) + len(sentence) > size:
            yield start, part
            start, part = start + len(part), ""
        part += sentence
    if part:
        yield start, part


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


def plain_chunks(passages: Sequence[str], seed: int = 0) -> list[str]:
    """Chunks of all lengths, up to three of each passage."""
    sizes = np.exp(np.random.default_rng(seed).uniform(np.log(SHORTEST), np.log(LONGEST), len(passages)))
    return [
        part
        for passage, size in zip(passages, sizes.tolist(), strict=True)
        for _, part in [*pieces(passage, int(size))][:3]
    ]


def read_packs(names: Sequence[str]) -> tuple[list[Document], list[Question]]:
    """Chunks of the packs' knowledge files, and the example questions of the claims that a chunk holds."""
    documents: list[Document] = []
    questions: list[Question] = []
    for name in names:
        pack = load_pack(name)
        begin = len(documents)
        for file in sorted((pack.path / "knowledge").glob("*.md")):
            documents += read_file(file, f"{name}/{file.name}").chunks
        own = [(at, _letters(documents[at].page_content)) for at in range(begin, len(documents))]
        for claim in pack.claims:
            for lang, text in claim.text.items():
                if right := frozenset(at for at, held in own if _letters(text) in held):
                    asks = claim.asks.get(lang, ())
                    questions += [Question(ask, right, min(right)) for ask in asks]
    return documents, questions


def read_threads(file: Path, *, answers: bool) -> tuple[list[Document], list[Question]]:
    """StackFAQ: its questions, with their answers if wanted, and other wordings of every other one."""
    documents: list[Document] = []
    questions: list[Question] = []
    for at, row in enumerate(json.loads(file.read_text(encoding="utf-8"))["root"]["qapair"]):
        told = [row["question"], *(texts_of(row["answer"]) if answers else ())]
        documents.append(document_of("\n".join(told), at))
        if at % 2 == 0:
            asked = [text.strip() for text in texts_of(row["rephr"]) if text.strip() != "*"]
            questions += [Question(text, frozenset({at}), at // 2) for text in asked]
    return documents, questions


def texts_of(told: str | Sequence[str | None]) -> list[str]:
    """One text or several, some empty."""
    return [told] if isinstance(told, str) else [text for text in told if text]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def document_of(text: str, at: int, heading: str = "") -> Document:
    """A passage of the file `p`."""
    told = {"source": f"p#{at}", "file": "p", "heading": heading}
    return Document(id=f"p#{at}", page_content=text, metadata=told)


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


def look(snapshot: Snapshot, question: Question, *, bereft: bool) -> Asked | None:
    """The candidates of a question, the right ones taken out where `bereft`; None where there are none."""
    query = Query(question.text, query_weights(question.text))
    hits = snapshot.by_words(query.weights, CANDIDATES, day=None)
    hits = [hit for hit in hits if not (bereft and hit.row - 1 in question.right)]
    if not hits:
        return None
    documents = snapshot.documents([hit.row for hit in hits])
    candidates = [Candidate(document, hit.score) for document, hit in zip(documents, hits, strict=True)]
    right = np.array([hit.row - 1 in question.right for hit in hits])
    return Asked(features(query, candidates, snapshot), right, question.passage)


def searched(documents: Sequence[Document], questions: Sequence[Question]) -> Search:
    """Every question over an index of the documents."""
    with tempfile.TemporaryDirectory() as folder:
        store = stored(documents, Path(folder))
        snapshot = store.snapshot()
        found = [
            [one for question in questions if (one := look(snapshot, question, bereft=bereft))]
            for bereft in (False, True)
        ]
        store.close()
    return Search(*found)


def fit_order(asked: Sequence[Asked], strength: float) -> Fit:
    """Weights under which the right candidates of each question are the likeliest (conditional logit, L2)."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    known = [one for one in asked if one.right.any()]
    every = np.concatenate([one.rows for one in known])
    mean, scale = every.mean(axis=0), np.where(every.std(axis=0) > 1e-6, every.std(axis=0), 1.0)
    rows = np.zeros((len(known), CANDIDATES, len(FEATURES)))
    out, right = np.full(rows.shape[:2], -np.inf), np.zeros(rows.shape[:2])
    for at, one in enumerate(known):
        rows[at, : len(one.rows)] = (one.rows - mean) / scale
        out[at, : len(one.rows)] = 0.0
        right[at, : len(one.rows)] = one.right

    def loss(weights: Floats) -> tuple[float, Floats]:
        order = rows @ weights + out
        share = np.exp(order - order.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        likely = (share * right).sum(axis=1, keepdims=True) + 1e-12
        slope = np.einsum("qc,qcf->f", share - share * right / likely, rows)
        value = strength * float(weights @ weights) / 2 - float(np.log(likely).sum())
        return value, slope + strength * weights

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return Fit(mean, scale, np.asarray(found.x))


def _counted(searches: Mapping[str, Search]) -> list[Asked]:
    """All questions, as often as they count."""
    return [
        one for name, search in searches.items() for one in search.asked for _ in range(1 + (name in TWICE))
    ]


def fit_likelihood(fit: Fit, searches: Sequence[Search]) -> Any:
    """A logistic regression over the best candidate, whether it is right."""
    from sklearn.linear_model import LogisticRegression

    rows, right = judged(fit, searches)
    return LogisticRegression(C=0.1, max_iter=2000).fit(rows, right)


def judged(fit: Fit, searches: Sequence[Search]) -> tuple[Floats, NDArray[np.bool_]]:
    """Best candidates, of all questions as they are and bereft, and whether they are right."""
    every = [one for search in searches for one in (*search.asked, *search.bereft)]
    found = [fit.best(one) for one in every]
    right = [bool(one.right[at]) for one, (at, _) in zip(every, found, strict=True)]
    return np.array([row for _, row in found]), np.array(right)


def split(search: Search, fold: int) -> tuple[Search, Search]:
    """What is trained on in this fold, and what is held out."""
    inside = Search(
        [one for one in search.asked if one.passage % FOLDS != fold],
        [one for one in search.bereft if one.passage % FOLDS != fold],
    )
    outside = Search(
        [one for one in search.asked if one.passage % FOLDS == fold],
        [one for one in search.bereft if one.passage % FOLDS == fold],
    )
    return inside, outside


@dataclass(frozen=True)
class HeldOut:
    """What came of the questions that were held out."""

    log_likelihood: float
    """Of the right candidates; the sum over the questions that have one."""
    first: Mapping[str, float]
    """Recall at 1 of each kind of search."""
    said: Floats
    """How likely the best candidates were said to be right."""
    right: NDArray[np.bool_]


def held_out(searches: Mapping[str, Search], strength: float) -> HeldOut:
    """Learn without a fifth of the passages, look at those, five times over."""
    total, hits = 0.0, dict.fromkeys(searches, 0)
    said, right = [], []
    for fold in range(FOLDS):
        parts = {name: split(search, fold) for name, search in searches.items()}
        fit = fit_order(_counted({name: inside for name, (inside, _) in parts.items()}), strength)
        model = fit_likelihood(fit, [inside for inside, _ in parts.values()])
        for name, (_, outside) in parts.items():
            for one in outside.asked:
                share = shares(fit.order(one))
                hits[name] += bool(one.right[share.argmax()])
                total += float(np.log(share[one.right].sum())) if one.right.any() else 0.0
        rows, truth = judged(fit, [outside for _, outside in parts.values()])
        said.append(model.predict_proba(rows)[:, 1])
        right.append(truth)
    first = {name: hits[name] / len(search.asked) for name, search in searches.items()}
    return HeldOut(total, first, np.concatenate(said), np.concatenate(right))


def calibration(found: HeldOut) -> dict[str, Any]:
    """Area under the curve, Brier score, and by tenths of what was said: how many, the mean said, the share right."""
    from sklearn.metrics import brier_score_loss, roc_auc_score

    tenths = np.minimum((found.said * 10).astype(int), 9)
    return {
        "auc": round(float(roc_auc_score(found.right, found.said)), 4),
        "brier": round(float(brier_score_loss(found.right, found.said)), 4),
        "tenths": [
            [int(at.sum()), round(float(found.said[at].mean()), 3), round(float(found.right[at].mean()), 3)]
            for tenth in range(10)
            if (at := tenths == tenth).any()
        ],
    }


def all_searches(file: Path, threads: Path | None, plain: Path | None, between: int) -> dict[str, Search]:
    """The kinds of search: the file's passages whole and in chunks, the packs, the threads."""
    passages = plain_passages(plain, between) if plain else []
    chunks = plain_chunks(passages)
    found = {}
    for name, cut in CUTS.items():
        documents, questions = read_squad(file, cut)
        found[name] = searched([*documents, *_more(chunks if cut else passages, len(documents))], questions)
    documents, questions = read_packs(shipped_packs())
    found["packs"] = searched([*documents, *_more(chunks, len(documents))], questions)
    if threads:
        found["threads"] = searched(*read_threads(threads, answers=False))
        found["threads with answers"] = searched(*read_threads(threads, answers=True))
    return found


def _more(texts: Sequence[str], begin: int) -> list[Document]:
    return [document_of(text, at) for at, text in enumerate(texts, begin)]


def train(file: Path, threads: Path | None, plain: Path | None, between: int) -> dict[str, Any]:
    """Everything that `rank.json` holds, and the figures."""
    searches = all_searches(file, threads, plain, between)
    found = {strength: held_out(searches, strength) for strength in STRENGTHS}
    strength = max(found, key=lambda one: found[one].log_likelihood)
    fit = fit_order(_counted(searches), strength)
    model = fit_likelihood(fit, list(searches.values()))
    return {
        "made_by": f"python -m training.rank {file.name}" + (f" --threads {threads.name}" if threads else ""),
        "source": "learnt from CMRC2018 trial (github.com/ymcui/cmrc2018, CC BY-SA 4.0), every other thread of StackFAQ"
        " (Karan and Snajder 2018, texts of Stack Exchange) and the packs that ship",
        "questions": {name: len(search.asked) for name, search in searches.items()},
        "recall_at_1_first_stage": {
            name: round(sum(bool(one.right[0]) for one in search.asked) / len(search.asked), 4)
            for name, search in searches.items()
        },
        "recall_at_1_held_out": {name: round(value, 4) for name, value in found[strength].first.items()},
        "strength": strength,
        "likelihood_held_out": calibration(found[strength]),
        "features": list(FEATURES),
        "mean": fit.mean.round(5).tolist(),
        "scale": fit.scale.round(5).tolist(),
        "weights": fit.weights.round(4).tolist(),
        "likely": model.coef_[0].round(4).tolist(),
        "bias": round(float(model.intercept_[0]), 4),
    }


def main(
    questions: Annotated[Path, typer.Argument(help="Questions and passages in the SQuAD form.")],
    threads: Annotated[Path | None, typer.Option(help="stackExchange-FAQ.json.")] = None,
    plain_text: Annotated[
        Path | None, typer.Option(help="Folder of *.txt.gz to cut other passages from.")
    ] = None,
    between: Annotated[int, typer.Option(help="How many of those.")] = 600,
    out: Annotated[Path, typer.Option(help="Where to write.")] = Path("retrieval/rank.json"),
) -> None:
    """Learn the weights and write them."""
    told = train(questions, threads, plain_text, between)
    out.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    shown = (
        "recall_at_1_first_stage",
        "recall_at_1_held_out",
        "strength",
        "likelihood_held_out",
    )
    typer.echo(json.dumps({key: told[key] for key in shown}))


if __name__ == "__main__":
    typer.run(main)
