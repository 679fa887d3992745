"""`talktrack transcribe`: recordings to text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Json, settings_for
from graph.engines import recogniser


def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Recordings in any format ffmpeg reads.")],
    as_json: Json = False,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
) -> None:
    """Recognise speech with the configured engine; says what is missing where there is none."""
    if lang not in ("zh", "en"):
        raise typer.BadParameter("must be zh or en", param_hint="--lang")
    engine = recogniser(settings_for(None))
    for file in files:
        heard = engine.transcribe(file, lang="zh" if lang == "zh" else "en")
        if as_json:
            words = [word.model_dump() for word in heard.words]
            print(json.dumps({"file": str(file), "text": heard.text, "words": words}, ensure_ascii=False))
        else:
            typer.echo(f"{file}: {heard.text}")
