"""The findings that `talktrack doctor` shows."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import httpx
from pydantic import SecretStr

from core.errors import MissingEngineError, PackError, TalktrackError
from core.pack import Pack
from core.settings import Endpoint, Settings
from core.types import Frozen
from crm.store import Store
from domains.load import load_pack
from engines.asr.whisper import WhisperRecogniser
from graph.artefacts import built_folder, damage_of

PACKAGES = ("langgraph", "langchain", "langchain-community", "faiss-cpu", "gradio", "langserve")
EXTRAS = {"whisperx": "speech", "transformers": "train", "peft": "train", "torch": "train"}
DATABASES = ("sqlite", "postgresql")


class Finding(Frozen):
    """One capability: who serves it, whether it works, and the one step that mends it."""

    capability: str
    engine: str
    state: Literal["ok", "missing", "broken"]
    detail: str = ""
    mend: str = ""


def checkup(settings: Settings) -> list[Finding]:
    """Every capability in turn; nothing is loaded that is heavy, nothing is fetched."""
    loaded = loaded_pack(settings)
    trained = artefacts(settings, loaded)
    return [
        *packages(),
        pack(settings, loaded),
        trained.model_copy(update={"capability": "understanding", "engine": "embedded"}),
        *second_reader(settings),
        tracking(settings),
        chat(settings),
        trained.model_copy(update={"capability": "embedding", "engine": "lsa"}),
        speech_in(settings),
        Finding(
            capability="speech out",
            engine="none",
            state="missing",
            detail="not part of this version",
            mend="read the replies, or speak them with a service of your own",
        ),
        business(settings),
        checkpoints(settings, loaded),
    ]


def packages() -> list[Finding]:
    """Installed distributions; optional ones are `missing`, required ones `broken`."""
    found = []
    for name in (*PACKAGES, *EXTRAS):
        extra = EXTRAS.get(name)
        try:
            found.append(Finding(capability="package", engine=f"{name} {version(name)}", state="ok"))
        except PackageNotFoundError:
            mend = f"pip install 'talktrack[{extra}]'" if extra else "pip install talktrack"
            state: Literal["missing", "broken"] = "missing" if extra else "broken"
            found.append(Finding(capability="package", engine=name, state=state, mend=mend))
    return found


def loaded_pack(settings: Settings) -> Pack | PackError:
    """The pack, or what is wrong with it."""
    try:
        return load_pack(settings.domain)
    except PackError as error:
        return error


def pack(settings: Settings, loaded: Pack | PackError) -> Finding:
    """Whether the domain pack loads."""
    if isinstance(loaded, Pack):
        return Finding(capability="domain pack", engine=loaded.name, state="ok")
    return Finding(
        capability="domain pack",
        engine=settings.domain,
        state="broken",
        detail=str(loaded.faults[0]),
        mend=f"talktrack domain check {settings.domain}",
    )


def artefacts(settings: Settings, loaded: Pack | PackError) -> Finding:
    """Whether what is trained and indexed for the pack is there, and as it was written."""
    missing = Finding(
        capability="artefacts",
        engine="",
        state="missing",
        detail="the pack does not load",
        mend=f"talktrack domain check {settings.domain}",
    )
    if not isinstance(loaded, Pack):
        return missing
    folder = built_folder(loaded, settings.built)
    mend = f"talktrack index --domain {settings.domain}"
    if not folder.exists():
        reason = "not built yet (the first start builds it)"
        return missing.model_copy(update={"detail": reason, "mend": mend})
    if damage := damage_of(folder):
        return missing.model_copy(update={"detail": damage, "mend": f"{mend} --force"})
    return Finding(capability="artefacts", engine="", state="ok", detail=f"built for {loaded.name}")


def chat(settings: Settings) -> Finding:
    """The script library always works; an endpoint must answer."""
    if settings.chat == "script":
        return Finding(capability="chat", engine="script", state="ok")
    where = f"openai {settings.chat_base_url}"
    if problem := endpoint_problem(settings.chat_base_url, settings.chat_api_key):
        return Finding(
            capability="chat",
            engine=where,
            state="broken",
            detail=f"{problem}; replies come from the script library",
            mend="start the endpoint, or set TALKTRACK_CHAT_BASE_URL or TALKTRACK_CHAT=script",
        )
    return Finding(capability="chat", engine=where, state="ok")


def second_reader(settings: Settings) -> list[Finding]:
    """The model that the cascade asks; nothing where there is no cascade."""
    if settings.understanding == "embedded":
        return []
    found = asked_model(
        settings.understanding_endpoint,
        setting="TALKTRACK_UNDERSTANDING",
        without="embedded",
        instead="the embedded engine's readings stand",
    )
    named = {"capability": "understanding, where unsure", "engine": f"few-shot {found.engine}"}
    return [found.model_copy(update=named)]


def tracking(settings: Settings) -> Finding:
    """The rules always work; a model that tells the changes must be named and answer."""
    if settings.tracking == "rules":
        return Finding(capability="tracking", engine="rules", state="ok")
    found = asked_model(
        settings.tracking_endpoint,
        setting="TALKTRACK_TRACKING",
        without="rules",
        instead="the rules track in its place",
    )
    return found.model_copy(update={"capability": "tracking", "engine": f"llm {found.engine}"})


def asked_model(endpoint: Endpoint, *, setting: str, without: str, instead: str) -> Finding:
    """A chat model that something else stands in for; `without` is the value of `setting` that needs none."""
    broken = Finding(capability="", engine=endpoint.base_url, state="broken", detail="no model is named")
    if not endpoint.model:
        return broken.model_copy(update={"mend": f"set {setting}_MODEL, or {setting}={without}"})
    if problem := endpoint_problem(endpoint.base_url, endpoint.api_key):
        mend = f"start the endpoint, or set {setting}_BASE_URL or {setting}={without}"
        return broken.model_copy(update={"detail": f"{problem}; {instead}", "mend": mend})
    return broken.model_copy(update={"state": "ok", "detail": endpoint.model})


def endpoint_problem(base_url: str, key: SecretStr) -> str | None:
    """What is wrong with an OpenAI-compatible endpoint; None where it lists its models."""
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"}
    try:
        httpx.get(f"{base_url.rstrip('/')}/models", headers=headers, timeout=3).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"no answer ({type(error).__name__})"
    return None


def speech_in(settings: Settings) -> Finding:
    """Whether recordings can be recognised."""
    if settings.asr == "none":
        return Finding(
            capability="speech in",
            engine="none",
            state="missing",
            detail="switched off",
            mend="set TALKTRACK_ASR=whisperx",
        )
    if problem := WhisperRecogniser(settings).missing():
        return Finding(
            capability="speech in",
            engine="whisperx",
            state="missing",
            detail=problem.reason,
            mend=problem.mend,
        )
    return Finding(capability="speech in", engine=f"whisperx {settings.asr_model}", state="ok")


def business(settings: Settings) -> Finding:
    """Whether the business database can be opened and written."""
    url = settings.business_url()
    broken = Finding(
        capability="business data",
        engine=url.split("@")[-1],
        state="broken",
        mend="set TALKTRACK_DATABASE_URL to a database that can be reached",
    )
    if url.partition(":")[0].partition("+")[0] not in DATABASES:
        supported = " and ".join(DATABASES)
        return broken.model_copy(
            update={
                "detail": f"not a database Talktrack can use: {supported} are",
                "mend": "set TALKTRACK_DATABASE_URL to sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
            }
        )
    try:
        Store(url).close()
    except MissingEngineError as error:
        return broken.model_copy(update={"detail": error.reason, "mend": error.mend})
    except TalktrackError as error:
        return broken.model_copy(update={"detail": " ".join(str(error).split())})
    except ValueError as error:  # what SQLAlchemy makes of a port that is no number
        return broken.model_copy(update={"detail": f"no database URL: {error}"})
    return Finding(capability="business data", engine=broken.engine, state="ok")


def checkpoints(settings: Settings, loaded: Pack | PackError) -> Finding:
    """Whether the checkpoint store of the tenant can be written; nothing is left behind."""
    tenant = settings.tenant or (loaded.name if isinstance(loaded, Pack) else None)
    path = settings.checkpoints(tenant or "TENANT").absolute()
    try:
        if tenant and path.exists():
            try_writing(path)
        else:
            place = next(folder for folder in path.parents if folder.exists())
            with tempfile.TemporaryDirectory(prefix=".doctor-", dir=place) as scratch:
                try_writing(Path(scratch) / path.name)
    except (OSError, sqlite3.Error) as error:
        return Finding(
            capability="checkpoints",
            engine=f"sqlite {path}",
            state="broken",
            detail=str(error),
            mend="set TALKTRACK_HOME to a folder that can be written, with no broken file of that name",
        )
    return Finding(capability="checkpoints", engine=f"sqlite {path}", state="ok")


def try_writing(path: Path) -> None:
    """Write into the SQLite file and take it back. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE talktrack_doctor (tried INTEGER)")
        connection.execute("ROLLBACK")
