"""Opening databases: what is refused in one sentence, and what two writers see of each other."""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from muniadmin.bootstrap import AlreadySetUp, DatabaseNeedsUpgrade, create_municipality, open_app
from muniadmin.kernel.errors import DatabaseUnreachable, UserError
from muniadmin.settings.errors import NotSetUp
from muniadmin.settings.profile import load_profile
from muniadmin.storage import engine
from muniadmin.storage.engine import Database, NetworkFolder, NotADatabaseAddress


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://server/town", "sqlite://", "sqlite:///:memory:", "C:\\town.db"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(NotADatabaseAddress) as refused:
        Database(url)
    assert refused.value.advice()


def test_places_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable):
        Database(f"sqlite:///{tmp_path}/missing/town.db")
    server = Database("postgresql://nobody@127.0.0.1:1/town?connect_timeout=2")
    with pytest.raises(DatabaseUnreachable):
        server.connect_to_write()
    server.close()


def test_network_folders_are_refused() -> None:
    with pytest.raises(NetworkFolder):
        Database("sqlite://///server/share/town.db")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_bytes(b"Dear Sir or Madam, " * 100)
    with pytest.raises(UserError) as refused:
        open_app(f"sqlite:///{file}").municipality  # noqa: B018 - asking is what fails
    assert refused.value.sentence()


def test_an_empty_database_says_that_it_is_not_set_up(database_url: str) -> None:
    app = open_app(database_url)
    with pytest.raises(NotSetUp):
        app.municipality  # noqa: B018 - asking is what fails
    app.close()


def test_a_town_is_not_set_up_twice(town_url: str) -> None:
    with pytest.raises(AlreadySetUp):
        create_municipality(town_url, load_profile("kampala"), administrator=None)


def test_an_older_database_is_not_opened_but_named(town_url: str) -> None:
    database = Database(town_url)
    with database.connect_to_write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        connection.commit()
    database.close()
    with pytest.raises(DatabaseNeedsUpgrade):
        open_app(town_url)


def test_readers_cannot_write_on_sqlite(town_url: str) -> None:
    database = Database(town_url)
    if database.kind == "sqlite":
        with database.connect_to_read() as connection, pytest.raises(DBAPIError, match="readonly"):
            connection.execute(text("DELETE FROM setting"))
    database.close()


def test_a_reader_does_not_wait_behind_a_writer(town_url: str) -> None:
    database = Database(town_url)
    with database.connect_to_write() as writer:
        writer.execute(text("UPDATE setting SET version = version + 1"))
        with database.connect_to_read() as reader:
            assert reader.scalar(text("SELECT max(version) FROM setting")) == 1
        writer.commit()
    database.close()


def test_an_answer_shows_one_state_however_many_statements_it_takes(town_url: str) -> None:
    database = Database(town_url)
    asked = text("SELECT max(version) FROM setting")
    with database.connect_to_read() as reader:
        assert reader.scalar(asked) == 1
        with database.connect_to_write() as writer:
            writer.execute(text("UPDATE setting SET version = version + 1"))
            writer.commit()
        assert reader.scalar(asked) == 1
    with database.connect_to_read() as reader:
        assert reader.scalar(asked) == 2
    database.close()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_committed_waits_for_the_disk(town_url: str) -> None:
    """In WAL mode nothing less than FULL (2) does: a receipt handed over survives a power cut."""
    database = Database(town_url)
    with database.connect_to_write() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
    database.close()


def test_a_second_writer_waits_its_turn(town_url: str) -> None:
    database, other = Database(town_url), Database(town_url)
    order: list[str] = []
    held = threading.Event()

    def second() -> None:
        held.wait()
        with other.connect_to_write() as connection:
            connection.execute(text("UPDATE setting SET version = version + 1"))
            order.append("second")
            connection.commit()

    waiting = threading.Thread(target=second)
    waiting.start()
    with database.connect_to_write() as connection:
        connection.execute(text("UPDATE setting SET version = version + 1"))
        held.set()
        time.sleep(0.1)
        order.append("first")
        connection.commit()
    waiting.join()
    assert order == ["first", "second"]
    with database.connect_to_read() as connection:
        assert connection.scalar(text("SELECT max(version) FROM setting")) == 3
    database.close()
    other.close()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_writer_that_waits_too_long_says_so(town_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from muniadmin.kernel.errors import DatabaseBusy

    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    database, other = Database(town_url), Database(town_url)
    with database.connect_to_write(), pytest.raises(DatabaseBusy):
        other.connect_to_write()
    database.close()
    other.close()
