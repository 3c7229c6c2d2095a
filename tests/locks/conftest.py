"""The other desks of each meeting, and a look at the books when it is over."""

from collections.abc import Iterator

import pytest

from muniadmin.app import App
from tests.locks.meeting import OtherDesks
from tests.soundness import ensure_sound


@pytest.fixture
def desks(app: App) -> Iterator[OtherDesks]:
    """Whoever works at the same time."""
    others = OtherDesks(app)
    yield others
    others.go_home()


@pytest.fixture
def sound(app: App, desks: OtherDesks) -> Iterator[None]:
    """Whatever happened, in the end nothing is wrong with the database, and the ledger balances."""
    yield
    desks.go_home()
    ensure_sound(app)
