"""The one door: every command and every question, from screen or command line, goes through App."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar, cast

from muniadmin.access.errors import RightTakenAway
from muniadmin.access.queries import actor_now
from muniadmin.kernel.changes import ChangeSet
from muniadmin.kernel.clock import Clock
from muniadmin.kernel.errors import DatabaseBusy, NeedsConfirmation, NotAllowed
from muniadmin.kernel.i18n import _
from muniadmin.kernel.municipality import Municipality
from muniadmin.kernel.permissions import Permission
from muniadmin.kernel.requests import Actor, Command, Done, Progress, Query, no_progress
from muniadmin.kernel.validation import validated
from muniadmin.settings.names import SETTINGS_TOPIC
from muniadmin.storage.engine import Database
from muniadmin.storage.unit_of_work import Job, Reading, ReadUnit, UnitOfWork, read_unit, unit_of_work

T = TypeVar("T")

Handler = Callable[[UnitOfWork, Any], Any]
JobHandler = Callable[[Job, Any], Any]
Answer = Callable[[Reading, Any], Any]

_TRIES = 3


def _nothing() -> None:
    """For an App that nobody accompanies."""


class App:
    """Runs commands and queries against one open database for whoever is allowed to."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        load_municipality: Callable[[Database], Municipality],
        handlers: Mapping[type[Command[Any]], Handler],
        jobs: Mapping[type[Command[Any]], JobHandler],
        queries: Mapping[type[Query[Any]], Answer],
    ) -> None:
        self.database = database
        self.clock = clock
        self._load_municipality = load_municipality
        self._handlers = handlers
        self._jobs = jobs
        self._queries = queries
        self._municipality: Municipality | None = None
        #: Called after every order that was carried out, outside its transaction; it must return at once.
        self.after_order: Callable[[], None] = _nothing
        #: Called before the database is closed.
        self.before_close: Callable[[], None] = _nothing

    @property
    def municipality(self) -> Municipality:
        """The municipality whose database is open; read once, and again after its settings change."""
        if self._municipality is None:
            self._municipality = self._load_municipality(self.database)
        return self._municipality

    def go_on_as(self, municipality: Municipality) -> None:
        """Works with ``municipality`` where the database's own card cannot be read, e.g. to verify the rest."""
        self._municipality = municipality

    def execute(
        self,
        command: Command[T],
        actor: Actor,
        *,
        confirmed: Collection[type[NeedsConfirmation]] = (),
        progress: Progress = no_progress,
    ) -> Done[T]:
        """Carries out ``command`` in one transaction (long jobs: in several), or raises and changes nothing.

        Raises NotAllowed, UserIsInactive, InvalidInput, NeedsConfirmation, DatabaseBusy, StaleRecord or the slice's own
        UserErrors.
        """
        self._ensure_allowed(command.permission, actor)
        command = validated(command)
        kind = type(command)
        if (job_handler := self._jobs.get(kind)) is not None:
            job = Job(
                self.database,
                actor,
                self.clock.now,
                self.municipality,
                self._answer,
                progress,
                confirmed,
                kind.__name__,
            )
            with job.reading() as reading:
                _ensure_still_allowed(reading, command.permission)
                job.actor = reading.actor
            outcome = job_handler(job, command)
            return Done(cast("T", outcome), self._noticed(ChangeSet(frozenset(job.topics))))
        handler = self._handlers[kind]
        for attempt in range(_TRIES):
            try:
                with unit_of_work(
                    self.database,
                    actor=actor,
                    now=self.clock.now(),
                    municipality=self.municipality,
                    confirmed=confirmed,
                    order=kind.__name__,
                ) as uow:
                    _ensure_still_allowed(uow, command.permission)
                    outcome = handler(uow, command)
                return Done(cast("T", outcome), self._noticed(uow.changes))
            except DatabaseBusy:
                # PostgreSQL ends one of two transactions that wait for each other; nothing of it happened.
                if attempt == _TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def read(self, query: Query[T], actor: Actor) -> T:
        """Answers ``query`` from one consistent state of the database.

        Raises NotAllowed, UserIsInactive, InvalidInput or a slice's UserErrors.
        """
        self._ensure_allowed(query.permission, actor)
        query = validated(query)
        with read_unit(
            self.database, actor=actor, now=self.clock.now(), municipality=self.municipality
        ) as reading:
            _ensure_still_allowed(reading, query.permission)
            return cast("T", self._queries[type(query)](reading, query))

    def _answer(self, reading: ReadUnit, query: Query[Any]) -> Any:
        """Answers ``query`` from a state of the database that a job has open, if the job's sender may ask it."""
        self._ensure_allowed(query.permission, reading.actor)
        query = validated(query)
        _ensure_still_allowed(reading, query.permission)
        return self._queries[type(query)](reading, query)

    def close(self) -> None:
        """Closes the database."""
        self.before_close()
        self.database.close()

    def _ensure_allowed(self, permission: Permission | None, actor: Actor) -> None:
        if permission is not None and not actor.may(permission):
            raise NotAllowed(permission=_(permission.name))

    def _noticed(self, changes: ChangeSet) -> ChangeSet:
        if changes.touches(SETTINGS_TOPIC):
            self._municipality = None
        self.after_order()
        return changes


def _ensure_still_allowed(unit: UnitOfWork | ReadUnit, permission: Permission | None) -> None:
    """Leaves whoever sends the request what their roles let them do now. Raises UserIsInactive, RightTakenAway."""
    unit.actor = actor_now(unit)
    if permission is not None and not unit.actor.may(permission):
        raise RightTakenAway(permission=_(permission.name))
