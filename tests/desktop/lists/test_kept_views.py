"""What a workstation keeps of lists outlives the program that wrote it: whatever cannot be read is left out, every page
opens, and the views that can be read stay."""

import json
from typing import Any

import pytest
from PySide6.QtCore import QSettings

from muniadmin.app import App
from muniadmin.desktop.lists.listing import Listing
from muniadmin.desktop.lists.views import SavedViews, View
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.kernel.permissions import Role
from tests.builders import a_taxpayer
from tests.desktop.conftest import Screen

SOUND: dict[str, Any] = {"text": "amina", "filters": {}, "sort": "", "descending": False, "columns": None}
STRANGE: list[Any] = [
    5,
    None,
    {},
    {**SOUND, "text": 5},
    {**SOUND, "sort": ["name"]},
    {**SOUND, "descending": "maybe"},
    {**SOUND, "filters": [1]},
    {**SOUND, "filters": {"kind": {"a": 1}}},
    {**SOUND, "filters": {"kind": [["x"]]}},
    {**SOUND, "columns": 5},
    {**SOUND, "columns": {"order": 5}},
    {**SOUND, "columns": {"shown": [["name"]]}},
    {**SOUND, "columns": {"widths": {"name": "wide"}}},
    {**SOUND, "columns": {"widths": {"name": 10**12}}},
    {**SOUND, "columns": {"widths": {"name": -1}}},
]


@pytest.mark.parametrize("strange", STRANGE)
def test_a_view_that_cannot_be_read_is_left_out_and_the_others_stay(strange: Any) -> None:
    key = "lists/n.benali/fines/views"
    QSettings().setValue(key, json.dumps({"mine": SOUND, "strange": strange}))
    views = SavedViews("n.benali", "fines")
    assert views.all() == {"mine": View("amina")}
    views.save("another", View("karim"))
    assert set(views.all()) == {"mine", "another"}
    stored = QSettings().value(key)
    assert isinstance(stored, str)
    # Another version of the program may read it again.
    assert json.loads(stored)["strange"] == strange


def _gone(value: Any) -> Any:
    """A choice that there is no more, of the same kind as what is chosen now."""
    if isinstance(value, tuple):
        return ("gone",)
    return "gone" if isinstance(value, str) else value


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_view_with_choices_that_are_gone_lists_without_an_incident(app: App, screen: Screen) -> None:
    a_taxpayer(app)
    screen.sign_in(Role.SUPERVISOR)
    for page_id in [page_id for page_id, spec in screen.frame.specs.items() if not spec.hidden]:
        screen.frame.go(page_id)
        screen.settle()
        for listing in screen.page.findChildren(Listing):
            gone = {name: _gone(chip.value()) for name, chip in listing.filters.items()}
            listing._take_view(View("", gone, "gone", True, {"order": ["gone"], "shown": ["gone"]}))
            screen.settle()
            assert listing.view_name()


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    "kept", ["5", "[1]", '{"order": 5}', '{"shown": [{}]}', '{"widths": {"name": "wide"}}', "{"]
)
def test_a_page_opens_whatever_is_kept_of_its_columns(app: App, screen: Screen, kept: str) -> None:
    a_taxpayer(app)
    screen.sign_in(Role.SUPERVISOR)
    screen.frame.go("taxpayers")
    screen.settle()
    listing = screen.page.findChildren(Listing)[0]
    listing.table.view.arrange(None)
    (key,) = [one for one in QSettings().allKeys() if "taxpayers" in one]
    screen.window.sign_out()
    QSettings().setValue(key, kept)
    screen.sign_in(Role.SUPERVISOR)
    screen.frame.go("taxpayers")
    screen.settle()
    assert "Bennani" in screen.texts(screen.page) or "BENNANI" in screen.texts(screen.page)


@pytest.mark.parametrize("kept", ["", "first", "²", "9" * 5_000])
def test_a_desk_that_is_no_number_is_none(kept: str) -> None:
    QSettings().setValue("desk", kept)
    assert Preferences().desk is None
