"""Everything with the lifetime of the process, chosen by settings and bound when the graph is built."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from core.clock import local_minute
from core.pack import Pack
from core.settings import Settings
from crm.scripts import Library
from crm.store import Store
from domains.facts import facts_of
from domains.load import load_pack
from engines.asr.base import Recogniser
from engines.asr.none import NoRecogniser
from engines.asr.whisper import WhisperRecogniser
from engines.chat.base import Realiser
from engines.chat.script import ScriptRealiser
from engines.embedding.lsa import LsaEmbeddings
from engines.tracking.base import Tracker
from engines.tracking.fallback import FallbackTracker
from engines.understanding.base import Understander
from engines.understanding.cascade import Cascade
from engines.understanding.embedded import EmbeddedUnderstander
from graph.artefacts import Progress, build_artefacts
from graph.library import open_knowledge
from policy.book import FactBook
from policy.guard.guard import Guard
from policy.tracking.rules import RuleTracker
from retrieval.facts.index import KnowledgeIndex
from retrieval.knowledge import Knowledge

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Engines:
    """One engine a capability, the pack they serve, and the business store."""

    pack: Pack
    book: FactBook
    understander: Understander
    tracker: Tracker
    index: KnowledgeIndex
    knowledge: Knowledge
    """The library of files beside the pack."""
    recogniser: Recogniser
    realiser: Realiser
    script: Realiser
    library: Library
    """The script lines that `script` speaks from, every edit included."""
    guard: Guard
    store: Store


@dataclass(frozen=True)
class Prepared:
    """A pack with its facts, and the folder of what was trained and indexed for it."""

    pack: Pack
    book: FactBook
    folder: Path
    settings: Settings

    def understander(self) -> Understander:
        """Who reads utterances: the embedded engine of this pack, or a cascade over it."""
        embedded = EmbeddedUnderstander.load(self.pack, self.folder / "understanding")
        if self.settings.understanding == "embedded":
            return embedded
        from engines.understanding.fewshot import FewShotUnderstander  # a chat client, as below

        return Cascade(
            embedded,
            FewShotUnderstander(self.settings, self.pack),
            below=self.settings.understanding_below,
            within=self.settings.understanding_timeout_s,
        )

    def index(self) -> KnowledgeIndex:
        """The knowledge index of this pack."""
        return KnowledgeIndex.load(self.folder / "index", LsaEmbeddings.load(self.folder / "embedding"))

    def knowledge(self) -> Knowledge:
        """The library of the tenant, with the pack's own files as they are now."""
        knowledge = open_knowledge(self.settings, self.pack)
        folder = self.pack.path / "knowledge"
        if folder.is_dir():
            for name, reason in knowledge.add([folder], now=local_minute()).broken:
                log.warning("%s is left out of the library: %s", name, reason)
        return knowledge


def prepare(settings: Settings, progress: Progress = lambda message: None) -> Prepared:
    """The pack that `settings` name, with its artefacts built where they are missing.

    Raises PackError for a broken pack.
    """
    pack = load_pack(settings.domain)
    book = FactBook(pack, facts_of(pack))
    return Prepared(pack, book, build_artefacts(pack, book.facts, settings.built, progress), settings)


def assemble(settings: Settings, progress: Progress = lambda message: None) -> Engines:
    """The engines that `settings` name. Raises PackError, or StoreError for an unreachable database."""
    ready = prepare(settings, progress)
    pack = ready.pack
    store = Store(settings.business_url(), tenant=settings.tenant or pack.name)
    store.sync_pack(pack)
    library = Library(pack, store)
    library.catch_up()
    script = ScriptRealiser(pack, library)
    return Engines(
        pack=pack,
        book=ready.book,
        understander=ready.understander(),
        tracker=tracker(settings, pack),
        index=ready.index(),
        knowledge=ready.knowledge(),
        recogniser=recogniser(settings),
        realiser=chat_realiser(settings, pack, script),
        script=script,
        library=library,
        guard=Guard(pack, ready.book.facts),
        store=store,
    )


def tracker(settings: Settings, pack: Pack) -> Tracker:
    """Who says what a line changes in the state: the rules, or a chat model that they stand in for."""
    rules = RuleTracker(pack)
    if settings.tracking == "rules":
        return rules
    from engines.tracking.llm import LlmTracker  # a chat client, as below

    return FallbackTracker(LlmTracker(settings, pack), rules)


def chat_realiser(settings: Settings, pack: Pack, script: ScriptRealiser) -> Realiser:
    """Who words the replies: the script library, or a chat model over it."""
    if settings.chat == "script":
        return script
    from engines.chat.openai import OpenAIRealiser  # a chat client is heavy; the embedded tier needs none

    return OpenAIRealiser(settings, pack, script)


def recogniser(settings: Settings) -> Recogniser:
    """The speech recogniser, or one that says what is missing."""
    return WhisperRecogniser(settings) if settings.asr == "whisperx" else NoRecogniser()
