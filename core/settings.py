"""Every setting, read once at start from the environment or `.env` and passed down."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_KEY = 8
"""Characters of an operator's key, at least."""


class Endpoint(NamedTuple):
    """An OpenAI-compatible endpoint and the model asked there."""

    base_url: str
    model: str
    api_key: SecretStr


class Settings(BaseSettings):
    """A tier is a setting, never a code change. Names are TALKTRACK_<FIELD> in the environment."""

    model_config = SettingsConfigDict(env_prefix="TALKTRACK_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Path(".talktrack")
    """Where databases and built artefacts live."""
    domain: str = "qiheng"
    """A pack shipped with Talktrack, or a directory."""
    tenant: str | None = Field(default=None, pattern=r"^[\w.-]+$")
    """Whose customers and talks these are; default: the pack's name, so that two companies never mix."""
    database_url: str | None = None
    """Business data; a SQLAlchemy URL. Default: SQLite under `home`."""

    chat: Literal["script", "openai"] = "script"
    chat_base_url: str = "http://127.0.0.1:8000/v1"
    chat_model: str = ""
    chat_api_key: SecretStr = SecretStr("not-needed")
    chat_timeout_s: float = Field(default=8.0, gt=0)

    understanding: Literal["embedded", "cascade"] = "embedded"
    """`cascade`: a chat model is asked where the embedded engine is unsure."""
    understanding_base_url: str | None = None
    """Default: the endpoint of `chat`, with its key."""
    understanding_model: str = ""
    """Default: the model of `chat`."""
    understanding_api_key: SecretStr | None = None
    understanding_timeout_s: float = Field(default=3.0, gt=0, le=8)
    """At most 8: the turn gives the reading 10 seconds in all."""
    understanding_below: float = Field(default=0.6, ge=0, le=1)
    """Confidence of the main intent under which the model is asked."""
    understanding_output: Literal["json_schema", "function_calling", "json_mode"] = "json_schema"
    """How the endpoint is held to the form of the answer."""

    tracking: Literal["rules", "llm"] = "rules"
    """`llm`: a chat model tells what each line changes; the rules stand in where it fails."""
    tracking_base_url: str | None = None
    """Default: the endpoint of `chat`, with its key."""
    tracking_model: str = ""
    """Default: the model of `chat`."""
    tracking_api_key: SecretStr | None = None
    tracking_timeout_s: float = Field(default=3.0, gt=0, le=8)
    """At most 8: the turn gives the tracking 10 seconds in all."""
    tracking_output: Literal["json_schema", "function_calling", "json_mode"] = "json_schema"
    """How the endpoint is held to the form of the answer."""

    knowledge_url: str | None = None
    """Where the library of files is kept: a postgresql:// URL for many machines. Default: under `home`."""
    embedding: Literal["lexical", "local", "openai"] = "lexical"
    """How passages of the library are found beside their words; `lexical`: by words alone."""
    embedding_model: str = ""
    """`local`: a directory or a hub's name; `openai`: the model asked for."""
    embedding_device: Literal["cpu", "cuda"] = "cpu"
    embedding_base_url: str | None = None
    """Default: the endpoint of `chat`, with its key."""
    embedding_api_key: SecretStr | None = None
    embedding_timeout_s: float = Field(default=10.0, gt=0)

    asr: Literal["whisperx", "none"] = "whisperx"
    asr_model: Path | None = None
    """A directory with a CTranslate2 Whisper model."""
    asr_compute_type: Literal["int8", "float16", "float32"] = "int8"
    asr_device: Literal["cpu", "cuda"] = "cpu"

    audio_folder: Path | None = None
    """The one folder whose recordings the HTTP API may be asked to hear; None: it hears none."""

    desk_key: SecretStr | None = None
    """What operators send as `Authorization: Bearer KEY`; None: only this machine is an operator."""

    @field_validator("desk_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        """An empty key is none; any other has eight printable ASCII characters or more."""
        secret = key.get_secret_value().strip() if key else ""
        if not secret:
            return None
        if len(secret) < SHORTEST_KEY or not (secret.isascii() and secret.isprintable()):
            raise ValueError(f"at least {SHORTEST_KEY} printable ASCII characters")
        return SecretStr(secret)

    host: str = "127.0.0.1"
    port: int = Field(default=8100, ge=1, le=65535)
    ui_port: int = Field(default=7860, ge=1, le=65535)

    @property
    def understanding_endpoint(self) -> Endpoint:
        """Where the cascade asks; the key of `chat` goes to no other endpoint than its own."""
        return self._endpoint(
            self.understanding_base_url, self.understanding_model, self.understanding_api_key
        )

    @property
    def tracking_endpoint(self) -> Endpoint:
        """Where the tracking model is asked; the key of `chat` goes to no other endpoint than its own."""
        return self._endpoint(self.tracking_base_url, self.tracking_model, self.tracking_api_key)

    @property
    def embedding_endpoint(self) -> Endpoint:
        """Where vectors are asked for; the key of `chat` goes to no other endpoint than its own."""
        return self._endpoint(self.embedding_base_url, self.embedding_model, self.embedding_api_key)

    def _endpoint(self, base_url: str | None, model: str, key: SecretStr | None) -> Endpoint:
        """What is given, and that of `chat` where nothing is."""
        url = base_url or self.chat_base_url
        default_key = self.chat_api_key if url == self.chat_base_url else SecretStr("not-needed")
        return Endpoint(base_url=url, model=model or self.chat_model, api_key=key or default_key)

    def business_url(self) -> str:
        """The business database as a SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.home / 'business.db'}"

    def checkpoints(self, tenant: str) -> Path:
        """The SQLite file that keeps the dialogue state of every thread of a tenant."""
        return self.home / f"threads-{tenant}.db"

    @property
    def built(self) -> Path:
        """Indexes and trained models, one folder a pack digest."""
        return self.home / "built"
