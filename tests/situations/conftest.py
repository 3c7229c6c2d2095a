"""The town of each situation, found sound when its story is over."""

from collections.abc import Iterator

import pytest

from muniadmin.app import App
from tests.situations.town import Town
from tests.towns import TownClock


@pytest.fixture
def town(app: App, clock: TownClock) -> Iterator[Town]:
    """Fès on 4 January 2027, on either engine."""
    found = Town(app, clock)
    yield found
    found.ensure_sound()
