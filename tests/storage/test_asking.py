"""A question that was answered is that question; and a row that names what is not there is not written."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from muniadmin.app import App
from muniadmin.kernel.errors import NeedsConfirmation
from muniadmin.storage.unit_of_work import unit_of_work
from tests.builders import everything


class Sure(NeedsConfirmation):
    """Is the amount meant?"""


class QuiteSure(NeedsConfirmation):
    """Is the person meant?"""


def ask_both(app: App) -> None:
    """An order with two questions, of which one was answered."""
    with unit_of_work(
        app.database,
        actor=everything(app),
        now=app.clock.now(),
        municipality=app.municipality,
        confirmed=[Sure],
    ) as uow:
        uow.confirm(Sure())
        uow.confirm(QuiteSure())


def test_who_said_yes_to_one_question_is_asked_the_other(app: App) -> None:
    with pytest.raises(QuiteSure):
        ask_both(app)


def test_a_row_that_names_what_is_not_there_is_refused(app: App) -> None:
    with app.database.connect_to_write() as connection, pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        connection.execute(text("INSERT INTO user_role (user_id, role) VALUES (4711, 'clerk')"))
