"""`talktrack doctor`: what it says of a home that is whole, and of one that is not."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from cli.checkup import Finding, artefacts, business, checkpoints, loaded_pack, pack, second_reader, tracking
from core.errors import PackError
from core.pack import Pack
from core.settings import Settings
from domains.new import create_pack
from graph.artefacts import MANIFEST, built_folder
from tests.cli.harness import objects, talktrack
from tests.fakes import pack_of
from tests.openai_server import serving


def pretend_built(settings: Settings, loaded: Pack) -> Path:
    """A folder of artefacts with one file that is not as its manifest says, until it is written."""
    folder = built_folder(loaded, settings.built)
    folder.mkdir(parents=True)
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    (folder / MANIFEST).write_text(json.dumps({"intent.zh.npz": digest}))
    return folder


def test_understanding_is_ok_only_when_built_and_intact(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    loaded = pack_of()
    assert artefacts(settings, loaded).state == "missing"
    assert artefacts(settings, loaded).mend == "talktrack index --domain qiheng"
    file = pretend_built(settings, loaded) / "intent.zh.npz"
    file.write_text("abc")
    assert artefacts(settings, loaded).state == "ok"
    file.write_text("ab")
    found = artefacts(settings, loaded)
    assert found.state == "missing" and "intent.zh.npz is damaged" in found.detail
    assert found.mend == "talktrack index --domain qiheng --force"


def test_a_pack_that_does_not_load_takes_its_engines_with_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, domain="nowhere")
    error = loaded_pack(settings)
    assert isinstance(error, PackError)
    assert pack(settings, error).state == "broken"
    assert artefacts(settings, error).mend == "talktrack domain check nowhere"
    assert checkpoints(settings, error).state == "ok" and list(tmp_path.iterdir()) == []


def shown(found: Finding) -> str:
    return " ".join((found.detail, found.mend))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "sqlite and postgresql"),
        ("mysql://me:secret@127.0.0.1/d", "sqlite:///FILE"),
        ("postgresql://me:secret@127.0.0.1:port/d", "no database URL"),
        ("postgresql+nothing://me:secret@127.0.0.1/d", "no database URL"),
        ("postgresql://me:secret@127.0.0.1:1/d", "can be reached"),
        ("sqlite:////proc/none/business.db", "can be reached"),
    ],
)
def test_a_database_that_is_none_is_a_finding(tmp_path: Path, url: str, says: str) -> None:
    found = business(Settings(home=tmp_path, database_url=url))
    assert found.state == "broken" and says in shown(found)
    assert "secret" not in f"{found}" and "psycopg'" not in shown(found)
    assert "\n" not in found.detail


def test_the_checkpoint_store_is_the_tenants_and_nothing_is_left(tmp_path: Path) -> None:
    loaded = pack_of()
    deep = Settings(home=tmp_path / "not" / "there")
    assert checkpoints(deep, loaded).state == "ok" and list(tmp_path.iterdir()) == []
    assert checkpoints(deep, loaded).engine.endswith("/threads-qiheng.db")
    tenant = Settings(home=tmp_path, tenant="acme")
    assert checkpoints(tenant, loaded).engine.endswith("/threads-acme.db")
    file = tmp_path / "threads-acme.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE checkpoints (thread TEXT)")
        connection.commit()
    assert checkpoints(tenant, loaded).state == "ok"
    assert list(tmp_path.iterdir()) == [file]
    with closing(sqlite3.connect(file)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("checkpoints",)]


def test_a_checkpoint_store_that_cannot_be_written_is_broken(tmp_path: Path) -> None:
    loaded = pack_of()
    settings = Settings(home=tmp_path)
    (tmp_path / "threads-qiheng.db").write_bytes(b"this is no database" * 400)
    assert checkpoints(settings, loaded).state == "broken"
    (tmp_path / "threads-qiheng.db").unlink()
    (tmp_path / "threads-qiheng.db").mkdir()
    assert checkpoints(settings, loaded).state == "broken"
    (tmp_path / "file").write_text("")
    assert checkpoints(Settings(home=tmp_path / "file"), loaded).state == "broken"


def test_the_model_that_the_cascade_asks() -> None:
    assert second_reader(Settings()) == []
    [unnamed] = second_reader(Settings(understanding="cascade", chat_model=""))
    assert unnamed.state == "broken" and "TALKTRACK_UNDERSTANDING_MODEL" in unnamed.mend
    with serving() as server:
        settings = Settings(
            understanding="cascade",
            understanding_base_url=server.url,
            understanding_model="m",
            understanding_api_key=SecretStr("secret"),
        )
        [served] = second_reader(settings)
    assert (served.state, served.detail) == ("ok", "m")
    [silent] = second_reader(settings)
    assert silent.state == "broken" and "no answer" in silent.detail and "secret" not in str(silent)
    [odd] = second_reader(settings.model_copy(update={"understanding_base_url": "http://[::"}))
    assert odd.state == "broken"


def test_the_model_that_tracks() -> None:
    assert (tracking(Settings()).engine, tracking(Settings()).state) == ("rules", "ok")
    unnamed = tracking(Settings(tracking="llm", chat_model=""))
    assert unnamed.state == "broken" and unnamed.detail == "no model is named"
    assert unnamed.mend == "set TALKTRACK_TRACKING_MODEL, or TALKTRACK_TRACKING=rules"
    with serving() as server:
        settings = Settings(
            tracking="llm",
            tracking_base_url=server.url,
            tracking_model="m",
            tracking_api_key=SecretStr("secret"),
        )
        served = tracking(settings)
    assert (served.capability, served.state, served.detail) == ("tracking", "ok", "m")
    silent = tracking(settings)
    assert silent.state == "broken" and "the rules track in its place" in silent.detail
    assert "TALKTRACK_TRACKING_BASE_URL" in silent.mend and "secret" not in str(silent)


def test_a_pack_in_the_folder_at_hand(tmp_path: Path) -> None:
    lamps = create_pack("lamps", tmp_path)
    done = talktrack("doctor", "--json", "--domain", ".", home=tmp_path / "home", cwd=lamps)
    found = {row["capability"]: row for row in objects(done)}
    assert done.returncode == 0, done.stderr.decode()
    assert found["domain pack"]["engine"] == "lamps"
    assert found["checkpoints"]["engine"].endswith("/threads-lamps.db")
    assert found["understanding"]["state"] == found["embedding"]["state"] == "missing"
    assert found["understanding"]["mend"] == "talktrack index --domain ."


def test_every_setting_is_in_the_example(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
    named = {line.lstrip("# ").partition("=")[0] for line in text.splitlines() if "TALKTRACK_" in line}
    assert {f"TALKTRACK_{field.upper()}" for field in Settings.model_fields} <= named
