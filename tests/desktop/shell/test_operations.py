"""Commands in order on their own thread, questions beside them, refusals, questions back, incidents, jobs."""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from muniadmin.billing.names import BILLS_TOPIC
from muniadmin.desktop.shell.operations import Operations
from muniadmin.kernel.changes import ChangeSet
from muniadmin.kernel.errors import DatabaseBusy, NeedsConfirmation, UserError
from muniadmin.kernel.requests import Actor, Command, Done, Progress, Query, no_progress


class ReallyDoIt(NeedsConfirmation):
    """A question of the tests."""

    message = "Really?"


@dataclass(frozen=True)
class Order(Command[str]):
    """An order that does what the test wants."""

    permission: ClassVar = None
    act: Callable[[Collection[type[NeedsConfirmation]], Progress], str]


@dataclass(frozen=True)
class Question(Query[str]):
    """A question answered by the test."""

    permission: ClassVar = None
    act: Callable[[], str]


class Door:
    """Lets everything in; what happens is the request's own."""

    def __init__(self) -> None:
        self.actors: list[Actor] = []

    def execute(
        self,
        command: Any,
        actor: Actor,
        *,
        confirmed: Collection[type[NeedsConfirmation]] = (),
        progress: Progress = no_progress,
    ) -> Done[Any]:
        self.actors.append(actor)
        return Done(command.act(confirmed, progress), ChangeSet(frozenset({BILLS_TOPIC})))

    def read(self, query: Any, actor: Actor) -> Any:
        return query.act()


CLERK = Actor(1, "clerk", "Clerk", frozenset(), "desk-1")
OTHER = Actor(2, "other", "Other", frozenset(), "desk-1")


@pytest.fixture
def operations(qtbot: QtBot) -> Iterator[Operations]:
    made = Operations(Door(), CLERK)
    yield made
    made.close()


def said(text: str) -> Order:
    return Order(lambda _confirmed, _progress: text)


def after(seconds: float, text: str) -> Order:
    def act(_confirmed: object, _progress: object) -> str:
        time.sleep(seconds)
        return text

    return Order(act)


def test_commands_keep_their_order_and_answer_on_the_gui_thread(qtbot: QtBot, operations: Operations) -> None:
    answers: list[tuple[str, bool]] = []
    main = threading.current_thread()
    for n in range(20):
        operations.run(
            after(0.002 * (n % 3), str(n)),
            then=lambda text: answers.append((text, threading.current_thread() is main)),
        )
    qtbot.waitUntil(lambda: len(answers) == 20)
    assert answers == [(str(n), True) for n in range(20)]


def test_a_question_is_not_held_up_by_a_slow_command(qtbot: QtBot, operations: Operations) -> None:
    go_on = threading.Event()
    done: list[str] = []
    operations.run(Order(lambda _c, _p: str(go_on.wait(10))), then=lambda _t: done.append("command"))
    operations.read(Question(lambda: "quick"), then=done.append)
    qtbot.waitUntil(lambda: done == ["quick"])
    go_on.set()
    qtbot.waitUntil(lambda: done == ["quick", "command"])


def test_everybody_hears_what_changed(qtbot: QtBot, operations: Operations) -> None:
    with qtbot.waitSignal(operations.changed) as heard:
        operations.run(said("done"))
    assert heard.args[0].touches(BILLS_TOPIC)


def test_an_order_s_refusal_is_told_though_whoever_sent_it_is_gone(
    qtbot: QtBot, operations: Operations
) -> None:
    def refuse(_confirmed: object, _progress: object) -> str:
        raise DatabaseBusy

    owner, heard = QObject(), list[UserError]()
    with qtbot.waitSignal(operations.refused) as refused:
        operations.run(Order(refuse), failed=heard.append, owner=owner)
        shiboken6.delete(owner)
    assert isinstance(refused.args[0], DatabaseBusy)
    assert heard == []


def test_a_refusal_goes_to_whoever_asked_else_to_the_shell(qtbot: QtBot, operations: Operations) -> None:
    def busy(_confirmed: object, _progress: object) -> str:
        raise DatabaseBusy

    taken: list[UserError] = []
    operations.run(Order(busy), failed=taken.append)
    qtbot.waitUntil(lambda: len(taken) == 1)
    with qtbot.waitSignal(operations.refused) as heard:
        operations.run(Order(busy))
    assert isinstance(heard.args[0], DatabaseBusy)
    with qtbot.waitSignal(operations.refused):
        operations.run(Order(busy), failed=lambda _problem: False)


def test_a_question_is_asked_and_the_same_command_goes_on(qtbot: QtBot, operations: Operations) -> None:
    def unless_confirmed(confirmed: Collection[type[NeedsConfirmation]], _progress: object) -> str:
        if ReallyDoIt not in confirmed:
            raise ReallyDoIt
        return "done"

    done: list[str] = []
    with qtbot.waitSignal(operations.question) as asked:
        operations.run(Order(unless_confirmed), then=done.append)
    assert done == []
    asked.args[1]()
    qtbot.waitUntil(lambda: done == ["done"])


def test_after_two_questions_both_of_which_were_answered_with_yes_it_is_done(
    qtbot: QtBot, operations: Operations
) -> None:
    """Nobody is asked the first one again."""

    class AndThisToo(NeedsConfirmation):
        message = "This, too?"

    def unless_both(confirmed: Collection[type[NeedsConfirmation]], _progress: object) -> str:
        for question in (ReallyDoIt, AndThisToo):
            if question not in confirmed:
                raise question
        return "done"

    asked: list[str] = []
    done: list[str] = []

    def say_yes(question: NeedsConfirmation, yes: Callable[[], None], _no: object) -> None:
        asked.append(question.sentence())
        if len(asked) <= 2:
            yes()

    operations.question.connect(say_yes)
    operations.run(Order(unless_both), then=done.append)
    qtbot.waitUntil(operations.idle)
    qtbot.waitUntil(lambda: bool(done) or len(asked) > 2)
    assert (asked, done) == (["Really?", "This, too?"], ["done"])


def test_who_waits_hears_that_nothing_came_of_it(qtbot: QtBot, operations: Operations) -> None:
    def asks(_confirmed: object, _progress: object) -> str:
        raise ReallyDoIt

    def broken(_confirmed: object, _progress: object) -> str:
        raise ZeroDivisionError

    left: list[str] = []
    with qtbot.waitSignal(operations.question) as asked:
        operations.run(Order(asks), undone=lambda: left.append("answered with no"))
    assert left == []
    asked.args[2]()
    with qtbot.waitSignal(operations.crashed):
        operations.run(Order(broken), undone=lambda: left.append("an incident"))
    assert left == ["answered with no", "an incident"]


def test_anything_else_is_an_incident_and_the_next_command_works(
    qtbot: QtBot, operations: Operations
) -> None:
    def broken(_confirmed: object, _progress: object) -> str:
        raise ZeroDivisionError

    with qtbot.waitSignal(operations.crashed) as heard:
        operations.run(Order(broken))
    assert isinstance(heard.args[0], ZeroDivisionError)
    done: list[str] = []
    operations.run(said("fine"), then=done.append)
    qtbot.waitUntil(lambda: done == ["fine"])


def test_an_answer_that_a_newer_question_overtook_is_dropped(qtbot: QtBot, operations: Operations) -> None:
    answers: list[str] = []

    def slow() -> str:
        time.sleep(0.1)
        return "old"

    operations.read(Question(slow), then=answers.append, key="list")
    operations.read(Question(lambda: "new"), then=answers.append, key="list")
    qtbot.waitUntil(operations.idle)
    assert answers == ["new"]


def test_a_refusal_that_a_newer_question_overtook_is_dropped(qtbot: QtBot, operations: Operations) -> None:
    answers: list[object] = []

    def slow() -> str:
        time.sleep(0.1)
        raise DatabaseBusy

    operations.read(Question(slow), then=answers.append, failed=answers.append, key="paper")
    operations.read(Question(lambda: "new"), then=answers.append, failed=answers.append, key="paper")
    qtbot.waitUntil(operations.idle)
    assert answers == ["new"]


def test_an_order_is_its_givers_though_they_leave_before_its_turn(qtbot: QtBot) -> None:
    door = Door()
    operations = Operations(door, CLERK)
    operations.run(after(0.1, "first"))
    operations.run(said("second"))
    operations.start(after(0.05, "job"), "Printing")
    operations.enter(Actor(None, "", "", frozenset(), "desk-1"))
    qtbot.waitUntil(lambda: operations.idle() and len(door.actors) == 3)
    operations.close()
    assert door.actors == [CLERK] * 3


@pytest.mark.parametrize("gone", ["user", "owner"])
def test_nobody_is_asked_in_place_of_who_is_gone(qtbot: QtBot, operations: Operations, gone: str) -> None:
    def asks(_confirmed: object, _progress: object) -> str:
        time.sleep(0.05)
        raise ReallyDoIt

    asked: list[object] = []
    operations.question.connect(lambda *question: asked.append(question))
    owner = QObject()
    operations.run(Order(asks), owner=owner)
    if gone == "owner":
        shiboken6.delete(owner)
    else:
        operations.enter(OTHER)
    qtbot.waitUntil(operations.idle)
    assert asked == []


def test_nobody_is_told_who_is_gone(qtbot: QtBot, operations: Operations) -> None:
    owner = QObject()
    answers: list[str] = []
    operations.read(Question(lambda: "late"), then=answers.append, owner=owner)
    shiboken6.delete(owner)
    qtbot.waitUntil(operations.idle)
    assert answers == []


@pytest.mark.parametrize("ends_badly", [False, True])
def test_a_job_that_ends_after_its_window_has_nobody_to_tell_and_does_not_mind(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, ends_badly: bool
) -> None:
    wrong: list[object] = []
    monkeypatch.setattr(threading, "excepthook", wrong.append)
    monkeypatch.setattr("muniadmin.desktop.shell.operations.PATIENCE", 0.1)
    reached, go_on = threading.Event(), threading.Event()

    def long(_confirmed: object, progress: Progress) -> str:
        reached.set()
        go_on.wait(10)
        if ends_badly:
            progress(1, 2)
        return "done"

    operations = Operations(Door(), CLERK)
    job = operations.start(Order(long), "Printing")
    assert reached.wait(10)
    thread = next(one for one in threading.enumerate() if one.name == f"job {job.number}")
    operations.close()
    shiboken6.delete(operations)
    go_on.set()
    thread.join(10)
    assert job.finished
    assert wrong == []


def test_who_closes_waits_until_a_job_has_cleaned_up(qtbot: QtBot, tmp_path: Path) -> None:
    draft, reached = tmp_path / "draft", threading.Event()

    def long(_confirmed: object, progress: Progress) -> str:
        draft.write_text("Amina Bennani")
        try:
            while True:
                progress(1, 2)
                reached.set()
                time.sleep(0.05)
        finally:
            time.sleep(0.2)
            draft.unlink()

    operations = Operations(Door(), CLERK)
    job = operations.start(Order(long), "Printing")
    assert reached.wait(10)
    assert operations.working == [job]
    operations.close()
    assert not draft.exists()
    assert operations.working == []


def test_a_job_tells_how_far_it_is_and_can_be_stopped(qtbot: QtBot, operations: Operations) -> None:
    reached = threading.Event()
    go_on = threading.Event()

    def long(_confirmed: object, progress: Progress) -> str:
        progress(1, 10)
        reached.set()
        go_on.wait(10)
        progress(2, 10)
        return "never"

    refused: list[UserError] = []
    job = operations.start(Order(long), "Printing", failed=refused.append)
    assert reached.wait(10)
    qtbot.waitUntil(lambda: (job.done, job.total) == (1, 10))
    job.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: job.finished)
    qtbot.waitUntil(lambda: bool(refused))
    assert refused[0].sentence() == "The job was cancelled."


def test_a_finished_job_gives_its_outcome(qtbot: QtBot, operations: Operations) -> None:
    done: list[str] = []
    job = operations.start(said("12 bills"), "Printing", then=done.append)
    qtbot.waitUntil(lambda: done == ["12 bills"])
    assert job.finished
    assert job.problem is None


def test_the_tray_tells_of_the_last_jobs(qtbot: QtBot, operations: Operations) -> None:
    for number in range(8):
        operations.start(said("done"), f"Roll {number}")
        qtbot.waitUntil(lambda: not operations.working)
    assert [job.title for job in operations.jobs] == [f"Roll {number}" for number in range(2, 8)]


def test_whoever_signs_in_next_hears_nothing_of_the_jobs_of_others(
    qtbot: QtBot, operations: Operations
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def long(_confirmed: object, progress: Progress) -> str:
        progress(1, 2)
        reached.set()
        go_on.wait(10)
        return "a paper"

    papers: list[str] = []
    job = operations.start(Order(long), "Export", then=papers.append)
    assert reached.wait(10)
    qtbot.waitUntil(lambda: job.done == 1)
    operations.enter(OTHER)
    shown: list[object] = []
    operations.jobs_changed.connect(shown.append)
    with qtbot.waitSignal(operations.changed):
        go_on.set()
    qtbot.waitUntil(lambda: job.finished)
    QTest.qWait(20)
    assert operations.jobs == []
    assert shown == []
    assert papers == []
    # Whoever began it finds it again.
    operations.enter(CLERK)
    assert operations.jobs == [job]
    assert job.outcome == "a paper"


def test_nothing_that_was_asked_before_is_shown_to_whoever_comes_next(
    qtbot: QtBot, operations: Operations
) -> None:
    seen: list[str] = []
    left = threading.Event()

    def late() -> str:
        assert left.wait(10)
        return "late"

    operations.read(Question(late), then=seen.append)
    operations.run(Order(lambda _confirmed, _progress: late()), then=seen.append)
    operations.work(late, then=seen.append)
    operations.send(late, then=seen.append)
    operations.enter(OTHER)
    left.set()
    qtbot.waitUntil(operations.idle)
    assert seen == []


def test_an_order_refused_after_its_giver_left_is_told_to_them_alone(
    qtbot: QtBot, operations: Operations
) -> None:
    def refuse(_confirmed: object, _progress: object) -> str:
        time.sleep(0.1)
        raise DatabaseBusy

    told: list[UserError] = []
    operations.refused.connect(told.append)
    operations.run(Order(refuse), failed=told.append)
    operations.enter(OTHER)
    operations.tell_untold()
    qtbot.waitUntil(operations.idle)
    operations.tell_untold()
    assert told == []
    operations.enter(CLERK)
    operations.tell_untold()
    assert [type(one) for one in told] == [DatabaseBusy]
    operations.tell_untold()
    assert len(told) == 1


def test_what_was_held_at_the_lock_is_not_held_for_the_next(qtbot: QtBot, operations: Operations) -> None:
    seen: list[str] = []
    operations.hold()
    operations.read(Question(lambda: "old"), then=seen.append)
    qtbot.waitUntil(operations.idle)
    operations.enter(OTHER)
    operations.read(Question(lambda: "new"), then=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    QTest.qWait(20)
    assert seen == ["new"]


def test_papers_are_sent_in_their_order_and_hold_up_no_list(qtbot: QtBot, operations: Operations) -> None:
    go_on = threading.Event()
    done: list[str] = []
    operations.send(lambda: str(go_on.wait(10)), then=lambda _sent: done.append("first"))
    operations.send(lambda: "second", then=done.append)
    for number in range(5):
        operations.read(Question(lambda number=number: f"list {number}"), then=done.append)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(done) == 5)
    assert not {"first", "second"} & set(done)
    go_on.set()
    qtbot.waitUntil(lambda: done[5:] == ["first", "second"])
