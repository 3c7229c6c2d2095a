"""A clerk's day of 200 acts in a real window: after each the books tell what was meant, of the right person."""

from collections.abc import Callable

import pytest

from muniadmin.app import App
from muniadmin.kernel.i18n import set_language
from muniadmin.kernel.permissions import Role
from tests.soundness import ensure_sound
from tests.window.books import Books
from tests.window.clerks_day import Day
from tests.window.desk import Desk


@pytest.mark.parametrize(
    ("language", "size", "theme", "keyboard", "seed"),
    [
        ("fr", "1366x768", "light", "fr", 1),
        pytest.param("fr", "1024x700", "light", "fr", 2, marks=pytest.mark.deep),
        pytest.param("fr", "1366x768", "dark", "us", 3, marks=pytest.mark.deep),
        pytest.param("en", "1024x700", "dark", "us", 4, marks=pytest.mark.deep),
        pytest.param("en", "1366x768", "light", "us", 5, marks=pytest.mark.deep),
        pytest.param("en", "1920x1080", "light", "fr", 6, marks=pytest.mark.deep),
    ],
)
def test_a_clerks_day(
    town: App, desk: Callable[..., Desk], language: str, size: str, theme: str, keyboard: str, seed: int
) -> None:
    set_language(language)
    window = desk(language, size, theme)
    window.layout(keyboard)
    window.sign_in(Role.CLERK)
    day = Day(town, window, Books(town), seed=seed, keyboard=keyboard)
    day.run(200)
    assert not day.wrong, "\n\n".join(day.wrong)
    # The desk's receipts run without a gap.
    places = [int(number.split("-")[2]) for number in day.books.receipts]
    assert places == [*range(1, len(places) + 1)]
    ensure_sound(town)
