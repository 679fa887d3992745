"""The words of the screens, in both languages."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from core.types import Lang


@cache
def labels(lang: Lang) -> dict[str, str]:
    """Every label of one language."""
    table: dict[Lang, dict[str, str]] = yaml.safe_load(files("ui").joinpath("labels.yaml").read_text("utf-8"))
    return {str(key): str(value) for key, value in table[lang].items()}
