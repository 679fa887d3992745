"""A catalogue row whose values are worded by language."""

from __future__ import annotations

from core.pack import Product, localise
from core.types import Lang


class SpokenProduct(Product):
    """A product that also knows how its values read in each language of the pack."""

    specs_by_lang: dict[Lang, dict[str, str]] = {}
    features_by_lang: dict[Lang, tuple[str, ...]] = {}


def spec_in(product: Product, attribute: str, lang: Lang) -> str:
    """The value of an attribute in `lang`, as the catalogue writes it where it has no own wording."""
    by_lang = product.specs_by_lang if isinstance(product, SpokenProduct) else {}
    return by_lang.get(lang, {}).get(attribute, product.specs[attribute])


def features_in(product: Product, lang: Lang) -> tuple[str, ...]:
    """The features in `lang`, or in the main language."""
    by_lang = product.features_by_lang if isinstance(product, SpokenProduct) else {}
    return localise(by_lang, lang) if by_lang else product.features
