"""What every test stands on: a screen without a display, a PostgreSQL, and a town of its own on either engine."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.postgresql import running_server

# The program itself is imported where it is used: a test of pure rules starts at once.
if TYPE_CHECKING:
    from sqlalchemy import Connection

    from muniadmin.app import App
    from muniadmin.kernel.permissions import Role
    from muniadmin.kernel.requests import Actor
    from tests.towns import DatabaseKind, Originals, TownClock

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_RUNNING = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """The first process prepares what its workers share by way of the environment."""
    running = config.stash[_RUNNING] = ExitStack()
    if not hasattr(config, "workerinput"):
        running.enter_context(_folders_of_our_own())
        if config.getoption("numprocesses", default=None):
            running.enter_context(running_server())


def pytest_collection_finish() -> None:
    """What the tests import stays until the end: the collector of garbage would look at all of it again and again,
    which takes an eighth of the time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops and removes what was prepared."""
    gc.unfreeze()
    config.stash[_RUNNING].close()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where ``CI=true``, what was skipped is not checked by anybody else: it is a failure."""
    if (
        os.environ.get("CI") == "true"
        and session.exitstatus == pytest.ExitCode.OK
        and _skipped(session.config)
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The last words: how many tests were skipped, and of each why."""
    skipped = _skipped(config)
    terminalreporter.section(f"{len(skipped)} skipped")
    for name, reason in skipped:
        terminalreporter.line(f"{name}: {reason}")


def _skipped(config: pytest.Config) -> list[tuple[str, str]]:
    """What was skipped, a test or a whole file, each with its reason; the workers tell it to the first process."""
    reporter: pytest.TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return [(report.nodeid, report.longrepr[2].removeprefix("Skipped: ")) for report in reports]


@contextmanager
def _folders_of_our_own() -> Iterator[None]:
    """Settings and databases of whoever runs the tests stay untouched."""
    with tempfile.TemporaryDirectory(prefix="muni-", ignore_cleanup_errors=True) as folder:
        for name in ("CONFIG_HOME", "DATA_HOME", "RUNTIME_DIR", "STATE_HOME"):
            os.environ[f"XDG_{name}"] = folder
        yield


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A test that changes the language changes it for itself."""
    yield
    from muniadmin.kernel.i18n import set_language

    set_language("en")


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[Callable[[], None]]:
    """Each test opens its own database, and SQLAlchemy compiles each statement anew for every engine, which takes half
    of a service's time. In a program that runs all day it is compiled once: here, too, for all engines alike. To be
    called where a table changes: what was compiled before does not know of it."""
    from sqlalchemy import Engine, event

    known: dict[object, tuple[Any, dict[Any, Any]]] = {}

    def share(connection: Connection) -> None:
        dialect: Any = connection.dialect
        alike = dialect.name, dialect.server_version_info, dialect.default_schema_name
        connection.dialect, compiled = known.setdefault(alike, (dialect, {}))
        connection.execution_options(compiled_cache=compiled)

    def forget() -> None:
        for _dialect, compiled in known.values():
            compiled.clear()

    event.listen(Engine, "engine_connect", share)
    yield forget
    event.remove(Engine, "engine_connect", share)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_kind(request: pytest.FixtureRequest) -> DatabaseKind:
    """The engine: each test runs on both, on PostgreSQL among the slow ones. ``parametrize("database_kind",
    ["postgresql"])`` chooses one, for every run."""
    kind: DatabaseKind = request.param
    return kind


@pytest.fixture(scope="session")
def _sqlite_originals(tmp_path_factory: pytest.TempPathFactory) -> Originals:
    from tests.towns import Originals

    return Originals("sqlite", tmp_path_factory.mktemp("originals"))


@pytest.fixture(scope="session")
def _postgresql_originals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Originals]:
    from tests.towns import Originals

    with running_server():
        originals = Originals("postgresql", tmp_path_factory.mktemp("originals"))
        yield originals
        originals.drop()


@pytest.fixture
def originals(database_kind: DatabaseKind, request: pytest.FixtureRequest) -> Originals:
    """What this test's database is copied from."""
    found: Originals = request.getfixturevalue(f"_{database_kind}_originals")
    return found


@pytest.fixture
def database_url(originals: Originals, tmp_path: Path) -> Iterator[str]:
    """The address of a database with the schema and nothing in it."""
    with originals.copy(originals.empty, tmp_path) as address:
        yield address


@pytest.fixture
def town_url(originals: Originals, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database with Fès set up in it and a user for every role, and nothing done yet; of a test marked
    ``after(story, day)`` one where all is done that the story tells."""
    after = request.node.get_closest_marker("after")
    with originals.copy(
        originals.town if after is None else originals.after(after.args[0]), tmp_path
    ) as address:
        yield address


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> TownClock:
    """Stands at Monday 23 November 2026, 09:00 UTC, or the day of a test marked ``after(story, day)``, until the test
    sets ``clock.instant``: on a later day the town's supervisor opens the business day, however long ago the last."""
    from tests.collection.counter import at
    from tests.towns import OPENING, TownClock

    clock = TownClock(OPENING)
    if (after := request.node.get_closest_marker("after")) is not None:
        at(clock, after.args[1])
    return clock


@pytest.fixture
def app(town_url: str, clock: TownClock) -> Iterator[App]:
    """The program, open on the town."""
    from muniadmin.bootstrap import open_app

    opened = open_app(town_url, clock=clock)
    clock.town = opened
    yield opened
    opened.close()


@pytest.fixture
def actor(app: App) -> Callable[[Role], Actor]:
    """``actor(Role.CLERK)`` is the town's clerk, signed in."""
    from tests.towns import actor_with

    return lambda role: actor_with(app, role)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files that imports are tried on; tests that need it are skipped where it is not at hand."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}")
    return folder
