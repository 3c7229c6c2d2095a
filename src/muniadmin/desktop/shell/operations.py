"""Carries commands and questions to the database on other threads and brings the answers back to the screen.

Writes go through one thread in order; reads have their own threads, so that a list never waits behind a payment;
a long job has a thread for itself, and papers go to the printer one after the other. Answers come back on the GUI
thread, and only to owners that still exist and users who are still there: whoever signs in next hears nothing of what
others began. A refusal of theirs is kept for them.
"""

import logging
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from muniadmin.kernel.errors import Cancelled, NeedsConfirmation, UserError
from muniadmin.kernel.requests import Actor, Command, Done, Progress, Query

T = TypeVar("T")
#: How many jobs that came to an end are told of.
ENDED_JOBS = 5
Failed = Callable[[UserError], object]
READERS = 3
#: How long a job that was asked to stop is waited for when the program ends, in seconds. Steps of jobs are short; only
#: a printer or a folder of another computer that no longer answers takes longer.
PATIENCE = 10.0
_log = logging.getLogger(__name__)


class Door(Protocol):
    """The one door to the services (``muniadmin.app.App``)."""

    def execute(
        self,
        command: Command[T],
        actor: Actor,
        *,
        confirmed: Collection[type[NeedsConfirmation]] = (),
        progress: Progress = ...,
    ) -> Done[T]:
        """Carries out a command."""

    def read(self, query: Query[T], actor: Actor) -> T:
        """Answers a question."""


@dataclass(eq=False)
class Job:
    """A long command on its own thread, as the job tray shows it to whoever began it."""

    title: str
    number: int
    actor: Actor
    done: int = 0
    total: int = 0
    finished: bool = False
    problem: UserError | None = None
    outcome: Any = None
    #: What came of it, in a sentence for the tray.
    said: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self, work: Callable[[], None]) -> None:
        """Runs on a thread of its own, which keeps no program alive."""
        self._thread = threading.Thread(target=work, name=f"job {self.number}", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Until it has ended and cleaned up, but no longer than that."""
        if self._thread is not None:
            self._thread.join(seconds)

    def cancel(self) -> None:
        """Asks the job to stop after the step it is in."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()


class Operations(QObject):
    """Runs commands, questions and jobs for the signed-in user."""

    changed = Signal(object)
    """A ChangeSet, after every command that was carried out."""
    refused = Signal(object)
    """A UserError nobody on the page took: the shell shows it as a notice."""
    question = Signal(object, object, object)
    """A NeedsConfirmation, what to call when the user says yes, and what when they say no."""
    crashed = Signal(object)
    """An exception that is nobody's refusal: the shell shows the incident."""
    jobs_changed = Signal(object)
    """The Job that started, advanced or ended."""
    timed = Signal(float)
    """How long the database took for the last questions, in milliseconds (their median)."""
    _answered = Signal(object, bool, bool)

    def __init__(self, door: Door, actor: Actor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actor = actor
        self._jobs: list[Job] = []
        self._door = door
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._printer = ThreadPoolExecutor(1, thread_name_prefix="printer")
        self._numbers = count(1)
        self._latest: dict[tuple[int, str], int] = {}
        self._took: deque[float] = deque(maxlen=9)
        self._under_way = 0
        self._closed = False
        #: Answers that wait while the screen is locked; None while it is not.
        self._held: list[Callable[[], object]] | None = None
        #: Refusals of orders whose givers had left, until they are back.
        self._untold: list[tuple[Actor, UserError]] = []
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    # --- who works here ---------------------------------------------------------------------------------------

    @property
    def actor(self) -> Actor:
        """Who is signed in."""
        return self._actor

    @property
    def jobs(self) -> list[Job]:
        """The jobs that whoever is signed in began here, the last ended ones included."""
        return [job for job in self._jobs if self._is_here(job.actor)]

    @property
    def working(self) -> list[Job]:
        """The jobs that have not ended, whoever began them."""
        return [job for job in self._jobs if not job.finished]

    def enter(self, actor: Actor) -> None:
        """Somebody else works here from now on. What others sent goes on, and they alone hear what came of it."""
        self._actor = actor
        self.let_through()

    def tell_untold(self) -> None:
        """Tells whoever is signed in which of their orders came to nothing after they had left."""
        mine = [problem for actor, problem in self._untold if self._is_here(actor)]
        self._untold = [(actor, problem) for actor, problem in self._untold if not self._is_here(actor)]
        for problem in mine:
            self.refused.emit(problem)

    def _is_here(self, actor: Actor) -> bool:
        return actor.user_id == self._actor.user_id

    # --- what pages call --------------------------------------------------------------------------------------

    def run(
        self,
        command: Command[T],
        *,
        then: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        undone: Callable[[], object] | None = None,
        owner: QObject | None = None,
        confirmed: Collection[type[NeedsConfirmation]] = (),
        unlocks: bool = False,
    ) -> None:
        """Carries out ``command`` after those sent before it.

        ``then`` gets the outcome. ``failed`` gets the refusal; when it is missing or answers False, the shell shows
        a notice. A question the services ask is put to the user, and the command sent again when they say yes.
        ``undone`` is called when nothing came of it and the user knows why already: they said no, or an incident was
        shown. Whoever locks its button while it waits unlocks it in all three. ``unlocks``: the answer is given though
        others are held.
        """

        # Whoever gives the order: they may have signed out before it is its turn.
        actor = self.actor

        def work() -> Callable[[], None]:
            done = self._door.execute(command, actor, confirmed=confirmed)

            def answer() -> None:
                self.changed.emit(done.changes)
                if then is not None and self._is_here(actor) and _alive(owner, then):
                    then(done.outcome)

            return answer

        def leave() -> None:
            if undone is not None and self._is_here(actor) and _alive(owner, undone):
                undone()

        def ask_again(question: NeedsConfirmation) -> None:
            if not self._is_here(actor) or not _alive(owner, then or leave):
                _log.warning("not answered, nothing was done: %s", question.sentence())
                return
            again = {*confirmed, type(question)}

            def yes() -> None:
                self.run(command, then=then, failed=failed, undone=undone, owner=owner, confirmed=again)

            self.question.emit(question, yes, leave)

        self._submit(self._writer, work, failed, owner, ask_again, leave, unlocks)

    def read(
        self,
        query: Query[T],
        *,
        then: Callable[[T], object],
        failed: Failed | None = None,
        undone: Callable[[], object] | None = None,
        owner: QObject | None = None,
        key: str = "",
    ) -> None:
        """Asks a question. With ``key``, an answer or refusal that a newer question of the same owner and key overtook
        is dropped. ``undone`` is called when no answer comes because of an incident, which was shown: whoever does not
        go on without an answer goes on there."""

        actor = self.actor

        def ask() -> T:
            began = time.perf_counter()
            answer = self._door.read(query, actor)
            self._took.append((time.perf_counter() - began) * 1000)
            self.timed.emit(statistics.median(self._took))
            return answer

        self.work(ask, then=then, failed=failed, undone=undone, owner=owner, key=key)

    def work(
        self,
        function: Callable[[], T],
        *,
        then: Callable[[T], object],
        failed: Failed | None = None,
        undone: Callable[[], object] | None = None,
        owner: QObject | None = None,
        key: str = "",
    ) -> None:
        """Runs any function that takes time (drawing a PDF, writing a file) beside the reads; the rest as there."""
        self._work(self._readers, function, then, failed, undone, owner, key)

    def drop(self, owner: QObject, *keys: str) -> None:
        """Nobody waits any more for what ``owner`` asked with these keys: no answer comes, and no refusal."""
        for key in keys:
            self._latest.pop((id(owner), key), None)

    def send(
        self,
        function: Callable[[], T],
        *,
        then: Callable[[T], object],
        failed: Failed | None = None,
        undone: Callable[[], object] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Runs a function that sends a paper to the printer after those sent before it: a printer that makes one wait
        holds up other papers, never a list. The rest is as for a question."""
        self._work(self._printer, function, then, failed, undone, owner)

    def start(
        self,
        command: Command[T],
        title: str,
        *,
        then: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> Job:
        """Starts a long command on its own thread; it goes on in the job tray wherever the user works meanwhile."""
        actor = self.actor

        def carry_out(progress: Progress) -> T:
            done = self._door.execute(command, actor, progress=progress)
            self._tell(lambda: self.changed.emit(done.changes))
            return done.outcome

        return self.start_work(carry_out, title, then=then, failed=failed, owner=owner)

    def start_work(
        self,
        function: Callable[[Progress], T],
        title: str,
        *,
        then: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> Job:
        """Starts any long function as a job; it calls its argument with (done, total) between steps."""
        ended = [one for one in self._jobs if one.finished]
        for one in ended[:-ENDED_JOBS]:
            self._jobs.remove(one)
        job = Job(title, next(self._numbers), self.actor)
        self._jobs.append(job)
        self.jobs_changed.emit(job)

        def progress(done: int, total: int) -> None:
            if job.cancelled:
                raise Cancelled
            job.done, job.total = done, total
            self._tell(lambda: self._show(job), at_once=True)

        def answer(outcome: T) -> None:
            if then is not None and self._is_here(job.actor) and _alive(owner, then):
                then(outcome)

        def work() -> None:
            try:
                outcome = function(progress)
            except UserError as problem:
                job.problem = problem
                refusal = problem
                self._tell(lambda: self._refuse(refusal, failed, owner, job.actor))
            except BaseException as error:  # noqa: BLE001 - an incident is shown, the program goes on
                job.problem = UserError()
                incident = error
                self._tell(lambda: self._crash(incident, job.actor))
            else:
                job.outcome = outcome
                self._tell(lambda: answer(outcome))
            job.finished = True
            self._tell(lambda: self._show(job), at_once=True)

        job.begin(work)
        return job

    def idle(self) -> bool:
        """Whether nothing is under way (jobs apart)."""
        return self._under_way == 0

    def hold(self) -> None:
        """The screen is locked: what is under way goes on, and its answers wait, questions and refusals among them."""
        if self._held is None:
            self._held = []

    def let_through(self) -> None:
        """The screen is unlocked: gives the answers that came meanwhile, in their order."""
        held, self._held = self._held, None
        for answer in held or ():
            self._tell(answer)

    def close(self) -> None:
        """Lets what is under way finish, has jobs stop and clean up, and takes nothing more."""
        self._closed = True
        for job in self._jobs:
            job.cancel()
        until = time.monotonic() + PATIENCE
        for job in self.working:
            job.wait(max(0.0, until - time.monotonic()))
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._printer.shutdown(wait=True)

    # --- inside -----------------------------------------------------------------------------------------------

    def _show(self, job: Job) -> None:
        if self._is_here(job.actor):
            self.jobs_changed.emit(job)

    def _crash(self, incident: BaseException, actor: Actor) -> None:
        """An incident is shown to whoever met it, and in the log in any case."""
        if self._is_here(actor):
            self.crashed.emit(incident)
        else:
            _log.error("of somebody who had left (%s)", actor.user_name, exc_info=incident)

    def _work(
        self,
        pool: ThreadPoolExecutor,
        function: Callable[[], T],
        then: Callable[[T], object],
        failed: Failed | None,
        undone: Callable[[], object] | None,
        owner: QObject | None,
        key: str = "",
    ) -> None:
        actor = self.actor
        number, place = next(self._numbers), (id(owner), key)
        if key:
            self._latest[place] = number

        def wanted() -> bool:
            return not key or self._latest.get(place) == number

        def work() -> Callable[[], None]:
            result = function()

            def answer() -> None:
                if wanted() and self._is_here(actor) and _alive(owner, then):
                    then(result)

            return answer

        def leave() -> None:
            if undone is not None and wanted() and self._is_here(actor) and _alive(owner, undone):
                undone()

        self._submit(pool, work, failed, owner, leave=leave, wanted=wanted)

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        work: Callable[[], Callable[[], None]],
        failed: Failed | None,
        owner: QObject | None,
        ask_again: Callable[[NeedsConfirmation], None] | None = None,
        leave: Callable[[], None] = lambda: None,
        unlocks: bool = False,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        actor, is_order = self.actor, ask_again is not None

        def refuse(problem: UserError) -> None:
            if wanted():
                self._refuse(problem, failed, owner, actor, is_order=is_order)

        def crash(incident: BaseException) -> None:
            self._crash(incident, actor)
            leave()

        def run() -> None:
            answer: Callable[[], object]
            try:
                answer = work()
            except NeedsConfirmation as question:
                asked = question
                answer = (lambda: ask_again(asked)) if ask_again else (lambda: refuse(asked))
            except UserError as problem:
                refusal = problem
                answer = lambda: refuse(refusal)  # noqa: E731
            except BaseException as error:  # noqa: BLE001 - an incident is shown, the program goes on
                incident = error
                answer = lambda: crash(incident)  # noqa: E731

            self._tell(answer, at_once=unlocks, counted=True)

        if self._closed:
            return
        self._under_way += 1
        pool.submit(run)

    def _tell(self, answer: Callable[[], object], *, at_once: bool = False, counted: bool = False) -> None:
        """Has the GUI thread call it, behind the lock as well if ``at_once``; nobody is told once the window is gone,
        whenever it goes. Only what was ``counted`` when it was sent is counted when it is answered: jobs speak through
        here, too."""
        with suppress(RuntimeError):
            self._answered.emit(answer, at_once, counted)

    @Slot(object, bool, bool)
    def _deliver(self, answer: Callable[[], object], at_once: bool, counted: bool) -> None:
        self._under_way -= counted
        if self._held is None or at_once:
            answer()
        else:
            self._held.append(answer)

    def _refuse(
        self,
        problem: UserError,
        failed: Failed | None,
        owner: QObject | None,
        actor: Actor,
        *,
        is_order: bool = False,
    ) -> None:
        # A question of somebody who is gone needs no answer; that an order came to nothing is told all the same.
        if not self._is_here(actor):
            if is_order:
                _log.warning("refused after %s had left: %s", actor.user_name, problem.sentence())
                self._untold.append((actor, problem))
        elif failed is not None and not _alive(owner, failed):
            if is_order:
                self.refused.emit(problem)
        elif failed is None or failed(problem) is False:
            self.refused.emit(problem)


def _alive(owner: QObject | None, callback: Callable[..., object]) -> bool:
    """Whether the page that asked still exists."""
    bound = getattr(callback, "__self__", None)
    return all(isValid(each) for each in (owner, bound) if isinstance(each, QObject))
