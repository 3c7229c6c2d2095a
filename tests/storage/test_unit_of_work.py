"""A unit of work happens as a whole or not at all, and numbers taken in a failed one are given back."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from muniadmin.app import App
from muniadmin.audit.services import record
from muniadmin.billing.names import BILLS_TOPIC
from muniadmin.kernel.errors import NeedsConfirmation
from muniadmin.settings.models import Setting
from muniadmin.settings.names import SETTINGS_TOPIC
from muniadmin.storage.events import Event
from muniadmin.storage.numbering import next_in_series, take_block
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work
from muniadmin.verification.commands import Verify
from tests.builders import everything


class PowerFailure(Exception):
    """Something that no handler expects."""


def work(app: App, *, fail: bool = False) -> int:
    """Takes a number and writes an audit line, or fails after both."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        number = next_in_series(uow, "test", 2026)
        record(uow, "test:number:taken", str(number))
        if fail:
            raise PowerFailure
    return number


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.booleans(), max_size=8))
def test_failures_leave_no_gap_and_no_broken_chain(app: App, failures: list[bool]) -> None:
    before = work(app)
    for fail in failures:
        if fail:
            with pytest.raises(PowerFailure):
                work(app, fail=True)
        else:
            work(app)
    assert work(app) == before + failures.count(False) + 1
    findings = app.execute(Verify(), everything(app)).outcome.findings
    # The series is the test's own, of which no slice knows.
    assert [one.sentence() for one in findings if one.check != "series"] == []


def test_a_block_is_consecutive_and_the_next_follows(app: App) -> None:
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        assert take_block(uow, "block", 2026, 5) == 1
        assert take_block(uow, "block", 2026, 3) == 6
        assert next_in_series(uow, "block", 2026) == 9
        assert next_in_series(uow, "block", 2027) == 1


def test_what_was_flushed_is_noted_as_changed(app: App) -> None:
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        uow.session.add(Setting(key="colour", value={"accent": "#0B6B57"}))
        uow.session.flush()
        assert uow.changes.touches(SETTINGS_TOPIC)
        assert not uow.changes.touches(BILLS_TOPIC)


def test_an_event_tells_what_a_changed_row_said_before(app: App) -> None:
    """Its version too: the digest after one change is the digest before the next."""
    them = {"actor": everything(app), "now": app.clock.now(), "municipality": app.municipality}
    with unit_of_work(app.database, **them) as uow:  # type: ignore[arg-type]
        uow.session.add(Setting(key="colour", value={"accent": "#000000"}))
    for accent in ("#111111", "#222222"):
        with unit_of_work(app.database, **them) as uow:  # type: ignore[arg-type]
            setting = uow.session.get(Setting, "colour")
            assert setting is not None
            setting.value = {"accent": accent}
    with app.database.connect_to_read() as connection:
        texts = connection.scalars(select(Event.canonical).order_by(Event.id.desc()).limit(3)).all()
    third, second, first = (json.loads(text)["changes"]["setting"][0] for text in texts)
    assert [first[1], second[1], third[1]] == [None, first[2], second[2]]


def test_a_question_is_asked_once(app: App) -> None:
    class Sure(NeedsConfirmation):
        """A question."""

    def ask(uow: UnitOfWork) -> None:
        uow.confirm(Sure())

    who = everything(app)
    with (
        pytest.raises(Sure),
        unit_of_work(app.database, actor=who, now=app.clock.now(), municipality=app.municipality) as uow,
    ):
        ask(uow)
    with unit_of_work(
        app.database, actor=who, now=app.clock.now(), municipality=app.municipality, confirmed=[Sure]
    ) as uow:
        ask(uow)
        assert uow.connection.scalar(select(func.count()).select_from(Event)) is not None
