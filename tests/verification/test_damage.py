"""A damaged file is refused in words or its damage is found; never is there an incident, whatever byte is hit."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from muniadmin import bootstrap
from muniadmin.app import App
from muniadmin.cli.main import main
from muniadmin.kernel.clock import FixedClock
from tests.builders import a_bill, a_taxpayer
from tests.collection.counter import at
from tests.towns import OPENING, DatabaseKind, Originals, TownClock
from tests.verification.damaged import Run, Said, changed_byte, looked_at, packed, tables_that_differ
from tests.verification.story import LAST_DAY, tell

pytestmark = pytest.mark.slow


@pytest.fixture
def database_kind() -> DatabaseKind:
    """A file is damaged here; a server's pages are the server's."""
    return "sqlite"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the day on which the town's story ended."""
    clock = TownClock(OPENING)
    at(clock, LAST_DAY)
    now: datetime = clock.instant
    monkeypatch.setattr(bootstrap, "SystemClock", lambda: FixedClock(now))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "MUNIADMIN_URL"):
        monkeypatch.delenv(name, raising=False)

    def run_command(*arguments: str) -> Said:
        capsys.readouterr()
        code = main(list(arguments))
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run_command


@pytest.fixture
def town(originals: Originals, tmp_path: Path) -> Path:
    """The file of a town in which everything happened that can, with as little unused room as may be."""
    return packed(Path(originals.after(tell).removeprefix("sqlite:///")), tmp_path / "packed.sqlite3")


def test_the_undamaged_file_is_sound(run: Run, town: Path, tmp_path: Path) -> None:
    assert looked_at(run, f"sqlite:///{town}").kind == "clean"


# By tens, so that several processes share them.
@pytest.mark.parametrize(
    "seeds",
    [range(n, n + 10) for n in range(0, 100, 10)],
    ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}",
)
def test_a_changed_byte_is_refused_or_found_or_nobody_reads_it(
    run: Run, town: Path, tmp_path: Path, seeds: range
) -> None:
    for seed in seeds:
        copy, untouched = tmp_path / "copy.sqlite3", tmp_path / "untouched.sqlite3"
        place = changed_byte(town, copy, seed)
        shutil.copyfile(copy, untouched)
        verdict = looked_at(run, f"sqlite:///{copy}")
        if verdict.kind == "clean":
            # A byte of a free page or of unused room: every row says what it said.
            assert tables_that_differ(town, untouched) == set(), f"byte {place} (seed {seed})"
        for file in tmp_path.glob("copy.sqlite3*"):
            file.unlink()


WAL = {
    "missing": lambda wal, _foreign: wal.unlink(),
    "empty": lambda wal, _foreign: wal.write_bytes(b""),
    "of another town": lambda wal, foreign: shutil.copyfile(foreign, wal),
    "no WAL at all": lambda wal, _foreign: wal.write_bytes(b"not what SQLite wrote" * 400),
    "cut in the head": lambda wal, _foreign: wal.write_bytes(wal.read_bytes()[:20]),
    "cut in a page": lambda wal, _foreign: wal.write_bytes(wal.read_bytes()[: wal.stat().st_size // 2 + 77]),
    "cut after its first page": lambda wal, _foreign: wal.write_bytes(wal.read_bytes()[: 32 + 24 + 4096]),
    "without its last page": lambda wal, _foreign: wal.write_bytes(wal.read_bytes()[: -(24 + 4096)]),
    "twice": lambda wal, _foreign: wal.write_bytes(wal.read_bytes() * 2),
    "with another page size": lambda wal, _foreign: _overwrite(wal, 8, b"\0\0\x02\0"),
    "with another salt": lambda wal, _foreign: _overwrite(wal, 16, b"salt"),
    "with a byte changed in its first page": lambda wal, _foreign: _overwrite(wal, 32 + 24 + 100, b"\xee"),
    "with a byte changed in its last page": lambda wal, _foreign: _overwrite(wal, wal.stat().st_size - 9, b"\xee"),
    "a folder": lambda wal, _foreign: (wal.unlink(), wal.mkdir()),
}  # fmt: skip


def _overwrite(file: Path, place: int, content: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(place)
        opened.write(content)


@pytest.fixture
def at_work(app: App, tmp_path: Path) -> Path:
    """A copy, with the WAL beside it, of a town that somebody is at work in."""
    a_bill(app, "120", taxpayer_id=a_taxpayer(app))
    folder = tmp_path / "copied"
    folder.mkdir()
    for file in tmp_path.glob("town.sqlite3*"):
        if not file.name.endswith("-shm"):
            shutil.copyfile(file, folder / file.name)
    assert (folder / "town.sqlite3-wal").stat().st_size > 3 * 4096
    return folder / "town.sqlite3"


@pytest.fixture
def foreign_wal(originals: Originals, tmp_path: Path) -> Path:
    """The WAL of another town."""
    folder = tmp_path / "other"
    folder.mkdir()
    with originals.copy(originals.town, folder) as address:
        file = Path(address.removeprefix("sqlite:///"))
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE theirs (text)")
            connection.execute("INSERT INTO theirs VALUES (hex(randomblob(9000)))")
            connection.commit()
            kept = tmp_path / "foreign-wal"
            shutil.copyfile(f"{file}-wal", kept)
    return kept


@pytest.mark.parametrize("with_index", [False, True], ids=["alone", "with a foreign index"])
@pytest.mark.parametrize("damage", WAL)
def test_a_missing_or_foreign_wal_never_ends_in_an_incident(
    run: Run, at_work: Path, foreign_wal: Path, damage: str, with_index: bool
) -> None:
    """Without its WAL a file is the town as it was before: whether something is gone is known by the workstation, which
    remembers the last rows of its chains."""
    what: Callable[[Path, Path], object] = WAL[damage]
    what(at_work.with_name("town.sqlite3-wal"), foreign_wal)
    if with_index:
        at_work.with_name("town.sqlite3-shm").write_bytes(b"\1\2\3\4" * 8192)
    looked_at(run, f"sqlite:///{at_work}")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a database" * 1000, "is not a database"),
        (b"SQLite format 3\0" + b"\xff" * 5000, "is not a database"),
        (b"", "cannot be opened"),
    ],
    ids=["text", "head", "empty"],
)
def test_what_is_no_database_is_refused_in_a_sentence(
    run: Run, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "file.db"
    file.write_bytes(content)
    for command in (["verify"], ["db", "check"], ["indicators"]):
        said = run(*command, "--url", f"sqlite:///{file}")
        assert said.code == 1
        assert words in said.err, said
        assert len(said.err.strip().splitlines()) == 1


def root_of(town: Path, table: str) -> int:
    """The first page of a table."""
    with closing(sqlite3.connect(town)) as connection:
        found: int = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()[0]
    return found


def test_a_table_that_cannot_be_read_at_all_is_named(run: Run, town: Path) -> None:
    _overwrite(town, (root_of(town, "settlement") - 1) * 512 + 3, b"\xff\xff")  # how many rows the page holds
    said = run("db", "check", "--url", f"sqlite:///{town}")
    assert said.code == 1
    assert "settlement: database disk image is malformed" in said.out
    assert "restore the last good backup" in said.out


def test_a_damaged_page_is_named(run: Run, town: Path) -> None:
    content, page = town.read_bytes(), root_of(town, "settlement")
    while content[(page - 1) * 512] == 5:  # only places of others stand on it
        page = int.from_bytes(content[(page - 1) * 512 + 8 :][:4], "big")
    _overwrite(town, (page - 1) * 512 + 1, b"\xff\xf0")  # where on the page its first unused room is
    said = run("db", "check", "--url", f"sqlite:///{town}")
    assert said.code == 1
    assert f"settlement, page {page}: " in said.out
