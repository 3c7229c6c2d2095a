"""A virtual screen for all tests of a process, and a desk for each; of one that fails a picture is kept."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from muniadmin.app import App
from muniadmin.bootstrap import open_app
from tests.window.desk import ROOT, Desk, missing_tools, virtual_screen

_DESKS = pytest.StashKey[list[Desk]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They take seconds each: all are slow."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def displays() -> Iterator[Callable[[str], str]]:
    """Virtual screens by their size, as in DISPLAY."""
    missing = missing_tools()
    if missing:
        pytest.skip(f"no virtual screen without {', '.join(missing)}")
    with ExitStack() as running:
        yield cache(lambda size: running.enter_context(virtual_screen(size)))


@pytest.fixture
def database_kind() -> str:
    """A window looks the same on either engine."""
    return "sqlite"


@pytest.fixture
def town(town_url: str) -> Iterator[App]:
    """The town as the program of the test will find it, with the computer's own clock."""
    app = open_app(town_url)
    yield app
    app.close()


@pytest.fixture
def desk(
    request: pytest.FixtureRequest, displays: Callable[[str], str], town_url: str, tmp_path: Path
) -> Iterator[Callable[..., Desk]]:
    """``desk()`` starts the program on the town, when what is in it was prepared."""
    desks: list[Desk] = []
    request.node.stash[_DESKS] = desks

    def start(language: str = "en", size: str = "1366x768", theme: str = "light") -> Desk:
        folder = tmp_path / f"desk{len(desks)}"
        folder.mkdir()
        desks.append(Desk(displays(size), town_url, folder, language=language, theme=theme))
        desks[-1].layout("us")
        return desks[-1]

    yield start
    written = "".join(one.close() for one in desks)
    assert "Traceback" not in written


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Of a test that fails its screen is kept beside the other output."""
    report = yield
    if report.when == "call" and report.failed and _DESKS in item.stash:
        desks = item.stash[_DESKS]
        for number, shown in enumerate(desks):
            shown.picture(ROOT / "out" / "window" / f"{item.name}-{number}.png")
    return report
