"""The assessment page in front of whoever a test says."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.desktop.assessment.assessment_page import AssessmentPage
from muniadmin.desktop.shell.operations import Operations
from muniadmin.desktop.shell.shell import Shell
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor

ActorOf = Callable[[Role], Actor]
Opened = Callable[..., AssessmentPage]


@pytest.fixture
def opened(app: App, actor: ActorOf, qtbot: QtBot) -> Iterator[Opened]:
    """``opened(Role.CLERK)`` is the page in front of the town's clerk."""
    made: list[Operations] = []

    def open_page(role: Role = Role.REVENUE_OFFICER) -> AssessmentPage:
        operations = Operations(app, actor(role))
        made.append(operations)
        page = AssessmentPage(Shell(operations, app.municipality, app.clock))
        qtbot.addWidget(page)
        operations.changed.connect(page.on_changed)  # as the frame does
        page.resize(1158, 688)
        page.show()
        qtbot.waitUntil(lambda: page.heads.list.model.rowCount() > 0)
        settled(qtbot, page)
        return page

    yield open_page
    for operations in made:
        operations.close()


def settled(qtbot: QtBot, page: AssessmentPage) -> None:
    """Every question is answered, and the questions that came of the answers."""
    for _round in range(4):
        qtbot.waitUntil(page.shell.operations.idle)
        QApplication.processEvents()
