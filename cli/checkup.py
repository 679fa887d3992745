"""The findings that `talktrack doctor` shows."""

from __future__ import annotations

import importlib.util
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import httpx

from core.errors import PackError, StoreError
from core.settings import Settings
from core.types import Frozen
from crm.store import Store
from domains.load import load_pack
from engines.asr.whisper import WhisperRecogniser
from graph.artefacts import built_folder

PACKAGES = ("langgraph", "langchain", "langchain-community", "faiss-cpu", "gradio", "langserve")
EXTRAS = {"whisperx": "speech", "transformers": "train", "peft": "train", "torch": "train"}


class Finding(Frozen):
    """One capability: who serves it, whether it works, and the one step that mends it."""

    capability: str
    engine: str
    state: Literal["ok", "missing", "broken"]
    detail: str = ""
    mend: str = ""


def checkup(settings: Settings) -> list[Finding]:
    """Every capability in turn; nothing is loaded that is heavy, nothing is fetched."""
    return [
        *packages(),
        pack(settings),
        Finding(capability="understanding", engine="embedded", state="ok", detail="trained on the pack"),
        chat(settings),
        Finding(capability="embedding", engine="lsa", state="ok", detail="fitted on the pack"),
        speech_in(settings),
        Finding(
            capability="speech out",
            engine="none",
            state="missing",
            detail="not part of this version",
            mend="read the replies, or speak them with a service of your own",
        ),
        business(settings),
        checkpoints(settings),
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


def pack(settings: Settings) -> Finding:
    """Whether the domain pack loads, and whether its artefacts are built."""
    try:
        loaded = load_pack(settings.domain)
    except PackError as error:
        return Finding(
            capability="domain pack",
            engine=settings.domain,
            state="broken",
            detail=str(error.faults[0]),
            mend=f"talktrack domain check {settings.domain}",
        )
    if not built_folder(loaded, settings.built).exists():
        return Finding(
            capability="domain pack",
            engine=loaded.name,
            state="missing",
            detail="not built yet (the first start builds it)",
            mend=f"talktrack index --domain {settings.domain}",
        )
    return Finding(capability="domain pack", engine=loaded.name, state="ok", detail="built")


def chat(settings: Settings) -> Finding:
    """The script library always works; an endpoint must answer."""
    if settings.chat == "script":
        return Finding(capability="chat", engine="script", state="ok")
    where = f"openai {settings.chat_base_url}"
    headers = {"Authorization": f"Bearer {settings.chat_api_key.get_secret_value()}"}
    try:
        httpx.get(
            f"{settings.chat_base_url.rstrip('/')}/models", headers=headers, timeout=3
        ).raise_for_status()
    except httpx.HTTPError as error:
        return Finding(
            capability="chat",
            engine=where,
            state="broken",
            detail=f"no answer ({type(error).__name__}); replies come from the script library",
            mend="start the endpoint, or set TALKTRACK_CHAT_BASE_URL or TALKTRACK_CHAT=script",
        )
    return Finding(capability="chat", engine=where, state="ok")


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
    shown = url.split("@")[-1]
    if url.startswith("postgresql") and importlib.util.find_spec("psycopg") is None:
        mend = "pip install 'talktrack[postgres]'"
        return Finding(
            capability="business data", engine=shown, state="broken", detail="no driver", mend=mend
        )
    try:
        Store(url).close()
    except StoreError as error:
        return Finding(
            capability="business data",
            engine=shown,
            state="broken",
            detail=str(error),
            mend="set TALKTRACK_DATABASE_URL to a database that can be reached",
        )
    return Finding(capability="business data", engine=shown, state="ok")


def checkpoints(settings: Settings) -> Finding:
    """Whether the checkpoint store can be opened."""
    path = settings.checkpoints(settings.tenant or Path(settings.domain).name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA user_version").fetchone()
        connection.close()
    except (OSError, sqlite3.Error) as error:
        return Finding(
            capability="checkpoints",
            engine=str(path),
            state="broken",
            detail=str(error),
            mend="set TALKTRACK_HOME to a folder that can be written",
        )
    return Finding(capability="checkpoints", engine=f"sqlite {path}", state="ok")
