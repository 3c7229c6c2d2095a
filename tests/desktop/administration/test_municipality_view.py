"""The administrator gives the municipality its arms; everybody sees them."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from PySide6.QtWidgets import QApplication, QFileDialog

from muniadmin.app import App
from muniadmin.desktop.administration.administration_page import AdministrationPage
from muniadmin.desktop.administration.municipality_view import MunicipalityView
from muniadmin.desktop.shell.arms import Arms
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.documents.reads import TheArms
from muniadmin.kernel.permissions import Role
from tests.builders import everything
from tests.desktop.conftest import Screen

SignIn = Callable[[Role], Screen]


def opened(screen: Screen) -> MunicipalityView:
    screen.frame.go("administration")
    page = screen.shows(AdministrationPage)
    page.show_view("municipality")
    screen.settle()
    view = page.view("municipality")
    assert isinstance(view, MunicipalityView)
    return view


def chosen(screen: Screen, view: MunicipalityView, path: Path) -> None:
    """By the file dialog, as a person does."""
    view.choose.click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.close()
    screen.settle()


def marks(screen: Screen) -> list[bool]:
    return [one.has_picture() for one in screen.window.findChildren(Arms) if one.isVisible()]


def test_the_arms_are_chosen_shown_everywhere_and_removed_again(
    app: App, signed_in: SignIn, tmp_path: Path
) -> None:
    path = tmp_path / "arms.png"
    Image.new("RGB", (60, 80), (10, 120, 60)).save(path)
    screen = signed_in(Role.ADMINISTRATOR)
    view = opened(screen)
    assert (marks(screen), view.remove.isVisible()) == ([False, False], False)
    chosen(screen, view, path)
    assert (marks(screen), view.remove.isVisible()) == ([True, True], True)
    view.remove.click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ConfirmDialog)
    dialog.primary.click()
    screen.settle()
    assert (marks(screen), view.remove.isVisible()) == ([False, False], False)
    assert app.read(TheArms(), everything(app)) == b""


def test_a_file_that_is_no_picture_is_refused_on_the_page(signed_in: SignIn, tmp_path: Path) -> None:
    path = tmp_path / "arms.png"
    path.write_text("not a picture")
    screen = signed_in(Role.ADMINISTRATOR)
    view = opened(screen)
    chosen(screen, view, path)
    assert "cannot be read as a picture" in screen.texts(screen.page.notice)
    assert marks(screen) == [False, False]


def test_who_may_not_change_settings_is_offered_nothing(signed_in: SignIn) -> None:
    view = opened(signed_in(Role.SUPERVISOR))
    assert view.findChildren(Button) == []
