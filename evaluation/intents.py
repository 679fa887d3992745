"""Figures and tables of the intents: by language, by intent, second ones, confusions, calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.types import Lang
from domains.labels import INTENTS
from evaluation.calibration import area_under_risk, calibration_error, reliability, risk_coverage
from evaluation.reading import Read, languages
from evaluation.report import Figure, Grid, ratio
from evaluation.scores import Tally, macro_f1, micro_f1, tally_of, weighted_f1

OUTSIDE = "out_of_scope"
TENTHS = 10
"""Coverages at which the risk is tabled."""


@dataclass(frozen=True)
class Matrix:
    """How often each intent (row) was read as each (column); both in the order of `labels`."""

    lang: Lang
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def language_figures(lang: Lang, reads: Sequence[Read]) -> Iterator[Figure]:
    """F1 of the main intent in its three means, accuracy, calibration."""
    pairs = [read.pair for read in reads]
    forgiven = [(read.row.intent, read.row.intent) if read.accepted else read.pair for read in reads]
    judged = [read.judged for read in reads]
    yield Figure(f"intent macro-F1 {lang}", macro_f1(pairs), of=len(reads))
    yield Figure(f"intent macro-F1 {lang}, second accepted", macro_f1(forgiven), of=len(reads))
    yield Figure(f"intent micro-F1 {lang}", micro_f1(pairs), of=len(reads))
    yield Figure(f"intent weighted F1 {lang}", weighted_f1(pairs), of=len(reads))
    yield ratio(f"intent accuracy {lang}", sum(read.right for read in reads), len(reads))
    yield Figure(f"calibration error {lang}", calibration_error(judged), of=len(reads))
    yield Figure(f"area under risk-coverage {lang}", area_under_risk(judged), of=len(reads))


def outside_figures(reads: Sequence[Read]) -> Iterator[Figure]:
    """Precision, recall and F1 of what is out of scope."""
    yield from tally_figures("out-of-scope", tally_of(OUTSIDE, [read.pair for read in reads]))


def second_figures(reads: Sequence[Read]) -> Iterator[Figure]:
    """How often both of two labelled intents were found, in whatever order; second intents by themselves."""
    double = [read for read in reads if read.row.second_intent]
    both = sum(
        {score.id for score in read.found.intents} >= {read.row.intent, read.row.second_intent}
        for read in double
    )
    yield ratio("both of two intents found", both, len(double))
    yield from tally_figures("second intent", sum((second_tally(read) for read in reads), Tally()))


def tally_figures(name: str, tally: Tally) -> Iterator[Figure]:
    """Precision, recall and F1, with the cases that the first two are taken of."""
    yield Figure(f"{name} precision", tally.precision, of=tally.tp + tally.fp)
    yield Figure(f"{name} recall", tally.recall, of=tally.tp + tally.fn)
    yield Figure(f"{name} F1", tally.f1)


def second_tally(read: Read) -> Tally:
    """What is read beside the main intent: the labelled one wherever it stands, else the first.

    A wrong main intent is counted elsewhere and is no wrong second one here; a labelled second intent that
    stands alone was not read beside another, and is missed.
    """
    row, found = read.row, [score.id for score in read.found.intents]
    main = row.intent if row.intent in found else next(iter(found), "")
    rest = [name for name in found if name != main]
    right = int(row.second_intent in rest)
    return Tally(tp=right, fp=len(rest) - right, fn=int(row.second_intent is not None) - right)


def by_intent(lang: Lang, reads: Sequence[Read]) -> Grid:
    """Support, precision, recall and F1 of every intent that was expected or read."""
    pairs = [read.pair for read in reads]
    rows = []
    for label in _labels(reads):
        counts = tally_of(label, pairs)
        rows.append((label, counts.tp + counts.fn, counts.precision, counts.recall, counts.f1))
    return Grid(f"by intent {lang}", ("intent", "support", "precision", "recall", "F1"), tuple(rows))


def matrix(lang: Lang, reads: Sequence[Read]) -> Matrix:
    """The confusion matrix of the main intent."""
    labels = _labels(reads)
    seen = Counter(read.pair for read in reads)
    return Matrix(lang, labels, tuple(tuple(seen[row, column] for column in labels) for row in labels))


def _labels(reads: Sequence[Read]) -> tuple[str, ...]:
    """The intents that were expected or read, in the order of the vocabulary."""
    used = {label for read in reads for label in read.pair}
    return tuple(label for label in INTENTS if label in used)


def confusions(reads: Sequence[Read]) -> Grid:
    """Wrong main intents, the most frequent first, with the ids of their utterances."""
    ids: dict[tuple[str, str], list[str]] = {}
    for read in reads:
        if not read.right:
            ids.setdefault(read.pair, []).append(read.row.id)
    ranked = sorted(ids.items(), key=lambda item: (-len(item[1]), item[0]))
    return Grid(
        "confusions",
        ("expected", "got", "times", "ids"),
        tuple((expected, got, len(where), " ".join(where)) for (expected, got), where in ranked),
    )


def reliability_grid(reads: Sequence[Read]) -> Grid:
    """Confidence beside accuracy, by language and bin."""
    rows = [
        (lang, f"{one.low:.1f}-{one.high:.1f}", one.rows, one.confidence, one.accuracy)
        for lang, mine in languages(reads).items()
        for one in reliability([read.judged for read in mine])
    ]
    return Grid("reliability", ("language", "bin", "rows", "confidence", "accuracy"), tuple(rows))


def risk_grid(reads: Sequence[Read]) -> Grid:
    """The risk where only the surest answers are kept, by language and tenth."""
    curves = {lang: risk_coverage([read.judged for read in mine]) for lang, mine in languages(reads).items()}
    rows = []
    for tenth in range(1, TENTHS + 1):
        last = {lang: -(-len(curve) * tenth // TENTHS) - 1 for lang, curve in curves.items()}
        rows.append((tenth / TENTHS, *(curves[lang][place].risk for lang, place in last.items())))
    return Grid("risk over coverage", ("coverage", *(f"risk {lang}" for lang in curves)), tuple(rows))
