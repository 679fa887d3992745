"""A pack from its folder, merged with the defaults that every pack shares."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from core.errors import PackError, PackFault
from core.pack import Attribute, Chunk, DialogueExample, Example, Pack, Playbook, Product, ScriptLine
from domains.check import check_folder, check_labels
from domains.fields import Reader
from domains.fill import Filler, Pools, lexicon_words, product_words
from domains.parts.catalogue import read_catalogue
from domains.parts.claims import Known, read_claims
from domains.parts.company import Company, read_company, read_questions
from domains.parts.dialogues import read_dialogues
from domains.parts.examples import Template, read_templates
from domains.parts.knowledge import read_knowledge
from domains.parts.offers import read_offers
from domains.parts.playbook import merge_playbook, read_playbook
from domains.parts.scripts import Situation, Vocabulary, merge_scripts, read_scripts, read_situations
from domains.read import Faults, read_yaml

SHIPPED = Path(__file__).parent
COMMON = SHIPPED / "common"
_APART = ("common", "skeleton")


def shipped_packs() -> tuple[str, ...]:
    """Names of the packs that come with Talktrack."""
    return tuple(
        sorted(path.parent.name for path in SHIPPED.glob("*/pack.yaml") if path.parent.name not in _APART)
    )


def pack_folder(name_or_dir: str | Path) -> Path:
    """The folder of a shipped pack or of a directory; PackError where there is none."""
    if isinstance(name_or_dir, str) and name_or_dir in shipped_packs():
        return SHIPPED / name_or_dir
    folder = Path(name_or_dir)
    if not str(name_or_dir).strip() or not folder.is_dir():
        shipped = ", ".join(shipped_packs())
        raise PackError([PackFault(folder, 1, f"no such pack: name a directory or one of {shipped}")])
    return folder


def personas_of(playbook: Playbook) -> tuple[str, ...] | None:
    """The kinds of customers that script lines may be addressed to; None, any, where none is named."""
    return tuple(persona.id for persona in playbook.personas) or None


@cache
def situations() -> dict[str, Situation]:
    """The situations that the planner speaks in, of every pack. Raises PackError."""
    faults = Faults()
    found = read_situations(COMMON / "situations.yaml", Reader(faults))
    faults.raise_any()
    return found


def load_pack(name_or_dir: str | Path) -> Pack:
    """The pack of a name or directory; PackError with every fault found, each with file and line."""
    folder = pack_folder(name_or_dir)
    faults = Faults()
    check_folder(folder, faults)
    company = read_company(folder / "pack.yaml", faults)
    if company is None:
        raise PackError(faults.found)
    pack = _Loading(folder, company, faults).pack()
    faults.raise_any()
    return pack


def digest_of(folder: Path) -> str:
    """SHA-256 over names and bytes of the pack's files and the shared defaults."""
    total = hashlib.sha256()
    for root in (folder, COMMON):
        for path in sorted(root.rglob("*")):
            parts = path.relative_to(root).parts
            if path.is_file() and not any(part.startswith((".", "__")) for part in parts):
                total.update("/".join(parts).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


class _Loading:
    """One pack under way: its folder, what pack.yaml says, the faults so far."""

    def __init__(self, folder: Path, company: Company, faults: Faults) -> None:
        self.folder = folder
        self.company = company
        self.faults = faults
        self.reader = Reader(faults, company.languages)

    def pack(self) -> Pack:
        company, reader, folder = self.company, self.reader, self.folder
        placed, whole = read_catalogue(folder / "catalogue.csv", company, reader)
        products = tuple(product for product, _ in placed)
        ids = tuple(product.id for product in products) if whole else None
        scripts, playbook = self._lines()
        return Pack(
            name=company.name,
            version=company.version,
            path=folder,
            digest=digest_of(folder),
            company=company.company,
            short_name=company.short_name,
            robot=company.robot,
            languages=company.languages,
            currency=company.currency,
            slots=company.slots,
            lexicon=company.lexicon,
            categories=company.categories,
            attributes=company.attributes,
            unanswered=self._unanswered(),
            products=products,
            offers=read_offers(folder / "offers.csv", ids, reader),
            claims=read_claims(folder / "claims.yaml", self._known(products, ids), reader),
            demo_modes=company.demo_modes,
            contact=company.contact,
            examples=self._examples(products),
            dialogues=self._dialogues(products) if ids is not None else (),
            scripts=scripts,
            playbook=playbook,
            knowledge=tuple(self._knowledge()),
        )

    def _unanswered(self) -> tuple[Attribute, ...]:
        """The shared questions that this pack has not itself."""
        own = {attribute.id for attribute in self.company.attributes}
        shared = read_questions(COMMON / "unanswered.yaml", Reader(self.faults))
        return tuple(row for row in shared if row.id not in own)

    def _lines(self) -> tuple[tuple[ScriptLine, ...], Playbook]:
        """Scripts and playbook, the pack's own over the shared ones."""
        reader, slots = self.reader, self.company.slots
        situations = read_situations(COMMON / "situations.yaml", Reader(self.faults))
        plays = [
            read_playbook(root / "playbook.yaml", situations, slots, reader) for root in (self.folder, COMMON)
        ]
        playbook = merge_playbook(*plays)
        known = Vocabulary(situations, personas_of(playbook))
        own = read_scripts(self.folder / "scripts.yaml", known, reader)
        common = read_scripts(COMMON / "scripts.yaml", Vocabulary(situations), reader)
        return merge_scripts(own, common), playbook

    def _known(self, products: tuple[Product, ...], ids: tuple[str, ...] | None) -> Known:
        declared = tuple(category.id for category in self.company.categories)
        used = tuple(dict.fromkeys(product.category for product in products if product.category))
        return Known(ids, declared or used if ids is not None else None)

    def _examples(self, products: tuple[Product, ...]) -> tuple[Example, ...]:
        """The pack's own utterances, then the shared ones; a text that both have is the pack's."""
        pools = self._pools(products)
        blanks = frozenset(pools)
        own = [*self._templates(self.folder, blanks)]
        check_labels(own, self.faults)
        shared = [*self._templates(COMMON, blanks)]
        if not products:
            return ()
        found: dict[tuple[str, str], Example] = {}
        for example in Filler(pools, self.company.slots).fill([*own, *shared]):
            found.setdefault((example.lang, example.text), example)
        return tuple(found.values())

    def _dialogues(self, products: tuple[Product, ...]) -> tuple[DialogueExample, ...]:
        """The turns that a tracking model is shown, the pack's own first."""
        files = (root / "dialogues.yaml" for root in (self.folder, COMMON))
        slots = self.company.slots
        return tuple(turn for file in files for turn in read_dialogues(file, products, slots, self.reader))

    def _templates(self, root: Path, blanks: frozenset[str]) -> Iterator[Template]:
        for file in [root / "intents.yaml", *sorted((root / "intents").glob("*.yaml"))]:
            yield from read_templates(file, blanks, self.reader)

    def _pools(self, products: tuple[Product, ...]) -> Pools:
        """Words for each placeholder: the pack's lexicon, else the shared list."""
        langs = self.company.languages
        defaults = Reader(self.faults)
        pools: Pools = {}
        for slot, spot in defaults.entries(read_yaml(COMMON / "fill.yaml", self.faults)):
            shared = defaults.texts(spot)
            own = lexicon_words(self.company.lexicon.get(slot, {}), langs)
            pools[slot] = {lang: own[lang] or shared[lang] for lang in langs}
        pools["product"] = product_words(products, langs)
        return pools

    def _knowledge(self) -> Iterator[Chunk]:
        for file in sorted((self.folder / "knowledge").glob("*.md")):
            yield from read_knowledge(file, self.reader)
