from __future__ import annotations

import os
from pathlib import Path

import pytest

from crm.database import Database
from crm.schema import Base


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty database: SQLite, or the one of TALKTRACK_TEST_DATABASE, whose tables are dropped first."""
    given = os.environ.get("TALKTRACK_TEST_DATABASE")
    if given is None:
        return f"sqlite:///{tmp_path / 'deep' / 'business.db'}"
    database = Database(given, Base.metadata, what="business database")
    with database.write("tests") as session:
        Base.metadata.drop_all(session.connection())
    database.close()
    return given
