"""An auditor verifies what they may only read: a file on a medium, a server through a role that writes nothing."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from muniadmin.app import App
from muniadmin.bootstrap import open_app, system_actor
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import DatabaseReadOnly
from muniadmin.storage.engine import ChangesBesideFile
from muniadmin.verification.commands import VerificationReport, Verify
from tests.builders import a_bill, a_taxpayer
from tests.towns import DatabaseKind, TownClock

pytestmark = pytest.mark.slow

_NOBODY = 65534


@pytest.fixture
def database_kind() -> DatabaseKind:
    """Files; what is said of a server chooses it."""
    return "sqlite"


@contextmanager
def somebody_without_rights() -> Iterator[None]:
    """The superuser may write anywhere: the test goes on as somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def medium(app: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that everybody may read and nobody write, with a town's file in it as it was closed."""
    a_bill(app, "120", taxpayer_id=a_taxpayer(app))
    app.close()
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as theirs:
        if os.geteuid() == 0:
            os.chown(theirs, _NOBODY, _NOBODY)
        monkeypatch.setenv("XDG_DATA_HOME", theirs)
        folder = Path(name)
        shutil.copyfile(str(app.database.url.database), folder / "town.db")
        yield folder
        folder.chmod(0o700)


def sealed(folder: Path) -> str:
    """The address of the file, after everything in the folder may only be read."""
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    return f"sqlite:///{folder / 'town.db'}"


def verified(url: str, clock: TownClock) -> VerificationReport:
    """The report of somebody without rights, who can change nothing."""
    with somebody_without_rights():
        reader = open_app(url, clock=FixedClock(clock.instant))
        try:
            report = reader.execute(Verify(), system_actor("medium")).outcome
            with pytest.raises(DatabaseReadOnly):
                reader.database.connect_to_write()
        finally:
            reader.close()
    return report


def content(folder: Path) -> dict[str, bytes]:
    """Every file."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_file_on_a_read_only_medium_is_verified_and_nothing_is_written(
    medium: Path, clock: TownClock, mode: str
) -> None:
    with closing(sqlite3.connect(medium / "town.db")) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
    url, before = sealed(medium), content(medium)
    report = verified(url, clock)
    assert [one.sentence() for one in report.findings] == []
    assert report.clean
    assert report.unrecorded == "The database can be read but not written."
    assert report.not_locked is (mode == "WAL")
    assert content(medium) == before


def test_a_file_that_may_not_be_written_in_a_folder_that_may(medium: Path, clock: TownClock) -> None:
    file = medium / "town.db"
    file.chmod(0o444)
    medium.chmod(0o777)
    before = file.read_bytes()
    report = verified(f"sqlite:///{file}", clock)
    assert [one.sentence() for one in report.findings] == []
    assert report.clean
    assert report.unrecorded
    assert file.read_bytes() == before


def test_a_change_on_a_read_only_medium_is_found(medium: Path, clock: TownClock) -> None:
    with closing(sqlite3.connect(medium / "town.db")) as connection:
        connection.execute("UPDATE charge_now SET settled = 1 WHERE charge_id = 1")
        connection.commit()
    assert {"charges"} <= {one.check for one in verified(sealed(medium), clock).findings}


def test_changes_that_lie_beside_the_file_are_never_left_out_in_silence(
    medium: Path, clock: TownClock
) -> None:
    """Read as a file that nobody changes, SQLite would pass over them, and verify would speak of an older town."""
    file = medium / "town.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE charge_now SET settled = 1 WHERE charge_id = 1")
        connection.commit()
        wal = file.with_name("town.db-wal").read_bytes()
        whole = file.read_bytes()
    file.write_bytes(whole)
    file.with_name("town.db-wal").write_bytes(wal)
    url = sealed(medium)
    with somebody_without_rights(), pytest.raises(ChangesBesideFile) as refused:
        open_app(url, clock=FixedClock(clock.instant))
    assert "town.db-wal" in refused.value.sentence()


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_role_that_may_only_read_verifies_everything(
    app: App, clock: TownClock, database_kind: DatabaseKind
) -> None:
    a_bill(app, "120", taxpayer_id=a_taxpayer(app))
    name = f"auditor_{os.getpid()}"
    with app.database.connect_to_write() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'read'"))
        connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}"))
        connection.commit()
    url = app.database.url.set(username=name, password="read").render_as_string(hide_password=False)
    try:
        reader = open_app(url, clock=FixedClock(clock.instant))
        report = reader.execute(Verify(), system_actor("auditor")).outcome
        reader.close()
        assert [one.sentence() for one in report.findings] == []
        assert report.clean
        assert report.unrecorded == "The database can be read but not written."
        with app.database.connect_to_write() as connection:
            connection.execute(text(f"REVOKE SELECT ON tender FROM {name}"))
            connection.commit()
        reader = open_app(url, clock=FixedClock(clock.instant))
        report = reader.execute(Verify(), system_actor("auditor")).outcome
        reader.close()
        assert ("values", "tender") in {(one.check, one.table) for one in report.findings}
        assert {"receipts", "acts"} <= {one.check for one in report.checked if one.finished}
    finally:
        with app.database.connect_to_write() as connection:
            connection.execute(text(f"DROP OWNED BY {name}"))
            connection.execute(text(f"DROP ROLE {name}"))
            connection.commit()
