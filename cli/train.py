"""`talktrack train`: trains Talktrack's own models on labelled files or on a pack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli.options import Domain, Json, err, progress, settings_for
from core.errors import SettingsError
from core.types import Lang

if TYPE_CHECKING:
    from training.intent.data import Split
    from training.intent.measure import Outcome
    from training.intent.models import Design
    from training.intent.watch import Watch

train = typer.Typer(help="Train models on labelled files or on a pack.", no_args_is_help=True)

Mode = Literal["frozen", "lora", "full"]
Kind = Literal["all", "values", "none"]
DEV = Path(__file__).parent.parent / "evaluation" / "sets" / "utterances.dev.jsonl"
_FIGURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "weighted_f1": "weighted F1",
    "in_scope": "in scope",
    "in_scope_forced": "in scope, none rejected",
    "oos_recall": "OOS recall",
    "oos_precision": "OOS precision",
    "train_seconds": "seconds of training",
    "ms_per_utterance": "ms an utterance",
}


@train.command("intent")
def intent(
    data: Annotated[
        Path | None, typer.Option(help="Labelled rows (.csv .tsv .jsonl .json), or a folder of them.")
    ] = None,
    domain: Domain = None,
    lang: Annotated[Lang | None, typer.Option(help="Of a pack: only examples in this language.")] = None,
    dev: Annotated[Path | None, typer.Option(help="Rows to choose by. Default: part of the data.")] = None,
    test: Annotated[Path | None, typer.Option(help="Rows to report on.")] = None,
    dev_share: Annotated[
        float, typer.Option(min=0.0, max=0.5, help="Share of the data that becomes dev.")
    ] = 0.1,
    base: Annotated[
        str | None, typer.Option(help="A pretrained encoder: a folder, or a name on the model hub.")
    ] = None,
    mode: Annotated[Mode | None, typer.Option(help="What of the encoder is trained. Default: full.")] = None,
    epochs: Annotated[int, typer.Option(min=1)] = 6,
    rate: Annotated[float | None, typer.Option(help="Peak learning rate of the encoder.")] = None,
    class_weights: Annotated[bool, typer.Option(help="Each label weighs the same in sum.")] = True,
    pooling: Annotated[Literal["mean", "cls"], typer.Option()] = "mean",
    max_length: Annotated[int, typer.Option(min=8, max=512, help="Tokens that are read.")] = 48,
    denoise: Annotated[
        bool | None,
        typer.Option(help="Without a base: mend labels that look wrong. Default: where many do."),
    ] = None,
    seed: int = 7,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the model. Default: under TALKTRACK_HOME.")
    ] = None,
    as_json: Json = False,
    baselines: Annotated[bool, typer.Option("--baselines", help="Train public baselines beside it.")] = False,
) -> None:
    """Train an intent classifier; with --base or --mode a pretrained encoder, else our own design.

    A killed run goes on where it stopped when it is started again with the same options.
    """
    if denoise is not None and (base or mode):
        raise SettingsError("train intent: --denoise is for the design without a base")
    split = _split(data, domain, lang, dev, test, dev_share, seed)
    folder = out or settings_for(None).home / "trained" / "intent"
    from training.intent import designs

    if base or mode:
        chosen = designs.pretrained(
            base=base,
            mode=mode,
            epochs=epochs,
            rate=rate,
            class_weights=class_weights,
            pooling=pooling,
            max_length=max_length,
        )
    else:
        chosen = designs.own(denoise)
    beside = designs.baselines().values() if baselines else ()
    _report(_outcomes([chosen, *beside], split, folder, seed), as_json)


@train.command("encoder")
def encoder(
    packs: Annotated[
        list[str] | None, typer.Option("--pack", help="Packs to learn from. Default: those that ship.")
    ] = None,
    dev: Annotated[Path, typer.Option(help="Labelled utterances to choose by.")] = DEV,
    plain_text: Annotated[
        Path | None, typer.Option(help="Folder of *.txt.gz to pretrain on, one sentence a line.")
    ] = None,
    pretrain_seconds: Annotated[float, typer.Option(min=1)] = 1500,
    epochs: Annotated[int, typer.Option(min=1)] = 8,
    changes: Annotated[Kind, typer.Option(help="Noise and other changes of the utterances.")] = "all",
    layers: Annotated[int, typer.Option(min=0, help="Transformer layers; 0: a convolution alone.")] = 3,
    seed: int = 7,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the network. Default: under TALKTRACK_HOME.")
    ] = None,
) -> None:
    """Train the encoder that ships, for intents and slots at once, and write its card.

    A killed run goes on where it stopped when it is started again with the same options.
    """
    from domains.load import load_pack, shipped_packs
    from evaluation.rows import Utterance, read_rows
    from training.intent import designs

    rows = read_rows(dev, Utterance)
    loaded = [load_pack(name) for name in packs or shipped_packs()]
    trained = settings_for(None).home / "trained"
    folder = out or trained / "encoder"
    build, recipe = designs.encoder(
        plain_text=plain_text,
        pretrain_seconds=pretrain_seconds,
        epochs=epochs,
        changes=changes,
        layers=layers,
        seed=seed,
    )
    with _watched() as watch:
        build(recipe, loaded, rows, trained / "encoder-work", folder, progress, watch)
    typer.echo(f"the encoder is in {folder}; its figures in {folder / 'CARD.md'}")


def _split(
    data: Path | None,
    domain: str | None,
    lang: Lang | None,
    dev: Path | None,
    test: Path | None,
    share: float,
    seed: int,
) -> Split:
    from training.intent.data import make_split, pack_rows, read_rows, read_split

    if data and domain:
        raise SettingsError("train intent: give --data or --domain, not both")
    if data:
        return read_split(data, dev=dev, test=test, seed=seed, share=share)
    from domains.load import load_pack

    rows = pack_rows(load_pack(settings_for(domain).domain), lang)
    if not rows:
        raise SettingsError("train intent: the pack has no examples in this language")
    asked = [read_rows(file) if file else () for file in (dev, test)]
    return make_split(rows, *asked, seed=seed, share=share)


def _outcomes(designs: list[Design], split: Split, folder: Path, seed: int) -> Iterator[Outcome]:
    """Train and measure one design after the other, all on the same rows."""
    from training.intent.measure import measure

    for design in designs:
        with _watched() as watch:
            fitted = design(split, folder, seed, watch)
        yield measure(fitted, split)


@contextmanager
def _watched() -> Iterator[Watch]:
    """A progress bar on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def watch(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield watch


def _report(outcomes: Iterator[Outcome], as_json: bool) -> None:
    if as_json:
        for outcome in outcomes:
            typer.echo(outcome.to_json())
        return
    done = list(outcomes)
    table = Table(
        "", *(outcome.name for outcome in done), title=f"on {done[0].scores.rows} {done[0].on} rows"
    )
    records = [outcome.record() for outcome in done]
    for name, shown in _FIGURES.items():
        cells = [_cell(record.get(name)) for record in records]
        if any(cells):
            table.add_row(shown, *cells)
    Console().print(table)
    for name, value in done[0].facts.items():
        typer.echo(f"{name}: {value}")


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if value < 10 else f"{value:.0f}"
