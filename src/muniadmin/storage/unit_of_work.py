"""One use case, one transaction: all of it happens, or none of it."""

import hashlib
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from sqlalchemy import (
    Connection,
    Executable,
    String,
    bindparam,
    event,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.exc import StaleDataError

from muniadmin.kernel.changes import AUDIT_TOPIC, ChangeSet, Topic
from muniadmin.kernel.errors import DatabaseBusy, NeedsConfirmation, SomebodyWasFaster, StaleRecord
from muniadmin.kernel.i18n import _
from muniadmin.kernel.municipality import Municipality
from muniadmin.kernel.requests import Actor, Progress, Query, no_progress
from muniadmin.kernel.texts import ensure_fits
from muniadmin.storage.base import Base, ChainHead, UtcType
from muniadmin.storage.engine import Database
from muniadmin.storage.events import OFFICE_CHAIN, Detail, Event, EventLine, Fact, Told
from muniadmin.storage.proof import is_told
from muniadmin.storage.refusals import lost, refusal_of

T = TypeVar("T")

FIRST_DIGEST = "0" * 64
# How often a piece of a job is begun, where others get in its way.
_TRIES = 3
# Between two transactions of a job, of the time that the first one took.
_LEFT_TO_OTHERS = 0.1


class Reading(Protocol):
    """What a query function may use; a UnitOfWork is one too, so services call queries directly."""

    @property
    def connection(self) -> Connection:
        """The database connection."""

    @property
    def session(self) -> Session:
        """An ORM session on the same connection."""

    @property
    def actor(self) -> Actor:
        """Who asks."""

    @property
    def now(self) -> datetime:
        """The instant of the request, UTC."""

    @property
    def today(self) -> date:
        """The business date of the request, in the municipality's time zone."""

    @property
    def municipality(self) -> Municipality:
        """The municipality whose database is open."""

    @property
    def remembered(self) -> dict[str, Any]:
        """What is asked of the database once for the whole unit; whoever changes it forgets it here."""


class Link(NamedTuple):
    """A new row's place in its chain, with its digest and that of the row before it."""

    chain: str
    chain_seq: int
    previous_digest: str
    digest: str


def link_digest(chain: str, seq: int, previous: str, canonical: str) -> str:
    """SHA-256 over a row's chain, place, the digest before it, and its canonical text; hexadecimal."""
    return hashlib.sha256(f"{chain}\n{seq}\n{previous}\n{canonical}".encode()).hexdigest()


@dataclass
class ReadUnit:
    """One question, answered from one consistent state of the database."""

    connection: Connection
    actor: Actor
    now: datetime
    today: date
    municipality: Municipality
    remembered: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def session(self) -> Session:
        """An ORM session on the unit's connection; made at first use, closed with the unit."""
        return Session(self.connection, expire_on_commit=False, autoflush=False)


@dataclass
class UnitOfWork:
    """One transaction in the hands of a handler; it commits when the handler returns, else nothing happened."""

    connection: Connection
    actor: Actor
    now: datetime
    today: date
    municipality: Municipality
    confirmed: Collection[type[NeedsConfirmation]] = ()
    topics: set[Topic] = field(default_factory=set)
    #: Highest id promised per table by storage.bulk, so that two reservations never overlap.
    reserved: dict[str, int] = field(default_factory=dict)
    remembered: dict[str, Any] = field(default_factory=dict)
    #: What lasts although this transaction is refused: see even_if_refused.
    lasting: list[Callable[["UnitOfWork"], None]] = field(default_factory=list)
    #: What is carried out, e.g. "TakePayment".
    order: str = ""
    #: What the order says and writes; its event is written at the end.
    told: Told = field(default_factory=Told)
    #: What mapped records said that are being changed, by their identity.
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    _heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    _server_at: datetime | None = None

    @cached_property
    def session(self) -> Session:
        """An ORM session on the unit's connection; the hot paths do without it."""
        session = Session(self.connection, expire_on_commit=False, join_transaction_mode="control_fully")
        session.info["unit of work"] = self
        event.listen(session, "before_flush", _ensure_texts_fit)
        event.listen(session, "after_flush", self._note_flushed)
        return session

    @cached_property
    def event_id(self) -> int:
        """The number of the order's event: every row that is never changed names it."""
        found: int = self.connection.scalar(_NEXT_EVENT[self.connection.dialect.name])
        return found

    def say(
        self, name: str, subject: str, detail: Detail | None = None, *, chain: str = OFFICE_CHAIN
    ) -> None:
        """Adds a line to the order's event: ``name`` as "slice:thing:done", ``subject`` the number or name of what it
        happened to; ``chain``: of the point at which it happens.

        ``detail`` holds text, whole numbers, booleans, lists and dicts of these, and no names of people."""
        if chain != OFFICE_CHAIN:
            self.told.chain = chain
        ensure_fits(subject, 120)
        self.told.lines.append((name, subject, detail or {}))

    def touch(self, *topics: Topic) -> None:
        """Notes what set-based statements touched; ORM changes are noted by themselves."""
        self.topics.update(topics)

    def confirm(self, question: NeedsConfirmation) -> None:
        """Goes on when the user has already confirmed this kind of question, else asks it."""
        if type(question) not in self.confirmed:
            raise question

    def even_if_refused(self, action: Callable[["UnitOfWork"], None]) -> None:
        """Has ``action`` done in a transaction of its own should this one come to nothing, e.g. to count a wrong
        password."""
        self.lasting.append(action)

    def seal(self, chain: str, canonical: str) -> Link:
        """Takes the next place in ``chain`` for a row with this canonical text. The chain stays locked until
        the transaction ends; a transaction that uses several chains takes them in the same order everywhere."""
        self.lock_chain(chain)
        last, previous = self._heads[chain]
        seq = last + 1
        digest = link_digest(chain, seq, previous, canonical)
        self._heads[chain] = (seq, digest)
        return Link(chain, seq, previous, digest)

    def lock_chain(self, chain: str) -> None:
        """Locks ``chain`` as ``seal`` does, for an order that must look once more before it writes anything."""
        if chain not in self._heads:
            last, digest, self._server_at = _head(self.connection, chain)
            self._heads[chain] = (last, digest)

    def end_order(self) -> None:
        """Writes pending ORM changes and the event of what was said and written so far; what comes after is another
        order's."""
        if "session" in self.__dict__:
            self.session.flush()
        if self.told:
            self._write_event()
            self.told = Told()
            del self.event_id

    def _write_event(self) -> None:
        self.lock_chain(self.told.chain)
        row = {
            "booked_on": self.today,
            "at": self.now,
            "server_at": self._server_at,
            "user_id": self.actor.user_id,
            "workstation": self.actor.workstation,
        }
        text = self.told.text(
            order=self.order,
            user=self.actor.user_name,
            **{name: _in_text(value) for name, value in row.items()},
        )
        link = self.seal(self.told.chain, text)
        self.connection.execute(
            insert(Event), {"id": self.event_id, **link._asdict(), "canonical": text, **row}
        )
        self.topics.add(AUDIT_TOPIC)

    def _note_flushed(self, session: Session, _context: Any) -> None:
        for record in (*session.new, *session.dirty, *session.deleted):
            if (topic := getattr(record, "__topic__", None)) is not None:
                self.topics.add(topic)

    @property
    def changes(self) -> ChangeSet:
        """The topics touched so far."""
        return ChangeSet(frozenset(self.topics))


def _in_text(value: Any) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _ensure_texts_fit(session: Session, _context: Any, _instances: Any) -> None:
    for record in (*session.new, *session.dirty):
        for key, length in _limited_texts(cast("type[Base]", type(record))):
            ensure_fits(record.__dict__.get(key), length)


# --- what becomes of mapped records, for the event --------------------------------------------------------------------


@event.listens_for(Base, "before_insert", propagate=True)
def _name_the_event(_mapper: Any, _connection: Connection, record: Any) -> None:
    if isinstance(record, Fact):
        record.event_id = _unit_of(record).event_id


@event.listens_for(Base, "after_insert", propagate=True)
def _tell_inserted(_mapper: Any, _connection: Connection, record: Any) -> None:
    if is_told(record.__tablename__):
        _unit_of(record).told.inserted(record.__table__, [_row(record)])


@event.listens_for(Base, "before_update", propagate=True)
def _remember_before(_mapper: Any, _connection: Connection, record: Any) -> None:
    # Afterwards its version says nothing any more of what it was.
    if is_told(record.__tablename__):
        _unit_of(record).before[id(record)] = _row_before(record)


@event.listens_for(Base, "after_update", propagate=True)
def _tell_changed(_mapper: Any, _connection: Connection, record: Any) -> None:
    if is_told(record.__tablename__):
        unit = _unit_of(record)
        unit.told.changed(record.__table__, unit.before.pop(id(record)), _row(record))


@event.listens_for(Base, "after_delete", propagate=True)
def _tell_deleted(_mapper: Any, _connection: Connection, record: Any) -> None:
    if is_told(record.__tablename__):
        _unit_of(record).told.deleted(record.__table__, _row_before(record))


def _unit_of(record: Any) -> UnitOfWork:
    session = object_session(record)
    assert session is not None
    return cast("UnitOfWork", session.info["unit of work"])


def _row(record: Any) -> dict[str, Any]:
    """A record's columns as they are now."""
    return {column.name: getattr(record, key) for key, column in _columns(cast("type[Base]", type(record)))}


def _row_before(record: Any) -> dict[str, Any]:
    """A record's columns as they were before they were changed."""
    attributes, row = inspect(record).attrs, {}
    for key, column in _columns(cast("type[Base]", type(record))):
        old = attributes[key].history.deleted
        row[column.name] = old[0] if old else getattr(record, key)
    return row


@cache
def _columns(model: type[Base]) -> tuple[tuple[str, Any], ...]:
    return tuple((attribute.key, attribute.columns[0]) for attribute in inspect(model).column_attrs)


@cache
def _limited_texts(model: type[Base]) -> tuple[tuple[str, int], ...]:
    return tuple(
        (attribute.key, column.type.length)
        for attribute in inspect(model).column_attrs
        for column in attribute.columns
        if isinstance(column.type, String) and column.type.length is not None
    )


_NEXT_EVENT: dict[str, Executable] = {
    # The transaction is the only writer. The number of an event that somebody took away is not given again.
    "sqlite": select(
        func.max(
            select(func.coalesce(func.max(Event.id), 0)).scalar_subquery(),
            select(func.coalesce(func.max(EventLine.event_id), 0)).scalar_subquery(),
        )
        + 1
    ),
    "postgresql": select(func.nextval(func.pg_get_serial_sequence("event", "id"))),
}
_LOCK_HEAD = (
    select(
        ChainHead.last,
        ChainHead.digest,
        func.current_timestamp(type_=UtcType()).label("server_at"),
    )
    .where(ChainHead.chain == bindparam("of_chain"))
    .with_for_update()
)
_START_HEAD: dict[str, Executable] = {
    "sqlite": sqlite.insert(ChainHead).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(ChainHead).on_conflict_do_nothing(),
}


def _head(connection: Connection, chain: str) -> tuple[int, str, datetime]:
    """The chain's last place and digest, and the instant by the clock of the database's machine."""
    head = connection.execute(_LOCK_HEAD, {"of_chain": chain}).one_or_none()
    if head is None:
        first = {"chain": chain, "last": 0, "digest": FIRST_DIGEST}
        connection.execute(_START_HEAD[connection.dialect.name], first)
        head = connection.execute(_LOCK_HEAD, {"of_chain": chain}).one()
    return head.last, head.digest, head.server_at


@contextmanager
def unit_of_work(
    database: Database,
    *,
    actor: Actor,
    now: datetime,
    municipality: Municipality,
    confirmed: Collection[type[NeedsConfirmation]] = (),
    order: str = "",
) -> Iterator[UnitOfWork]:
    """Opens a transaction, and commits it when the block ends without an error."""
    connection = database.connect_to_write()
    uow = UnitOfWork(
        connection=connection,
        actor=actor,
        now=now,
        today=municipality.calendar.business_date(now),
        municipality=municipality,
        confirmed=confirmed,
        order=order,
    )
    try:
        yield uow
        uow.end_order()
        connection.commit()
        uow.lasting.clear()
    except StaleDataError as error:
        raise StaleRecord(who=_("Somebody else")) from error
    except Exception as error:
        _raise_in_the_users_words(error, database, connection)
        raise
    finally:
        if "session" in uow.__dict__:
            uow.session.close()
        connection.close()
        if uow.lasting:
            with unit_of_work(
                database, actor=actor, now=now, municipality=municipality, order=order
            ) as again:
                for action in uow.lasting:
                    action(again)


def _raise_in_the_users_words(error: Exception, database: Database, connection: Connection) -> None:
    refusal = refusal_of(error, connection.dialect)
    if refusal is None:
        return
    if lost(error, connection):
        connection.invalidate()
        database.forget_connections()
    raise refusal from error


@dataclass
class Job:
    """A long command that works in several transactions, each complete in itself, and can be stopped between them."""

    database: Database
    actor: Actor
    clock_now: Callable[[], datetime]
    municipality: Municipality
    #: Answers any question from the state that :meth:`reading` opened, if the actor may ask it.
    answer: Callable[["ReadUnit", Query[Any]], Any]
    progress: Progress = no_progress
    confirmed: Collection[type[NeedsConfirmation]] = ()
    order: str = ""
    topics: set[Topic] = field(default_factory=set)

    @contextmanager
    def unit_of_work(self) -> Iterator[UnitOfWork]:
        """One of the job's transactions."""
        with unit_of_work(
            self.database,
            actor=self.actor,
            now=self.clock_now(),
            municipality=self.municipality,
            confirmed=self.confirmed,
            order=self.order,
        ) as uow:
            held_since = time.monotonic()
            yield uow
        self.topics |= uow.topics
        if self.database.kind == "sqlite":
            # Whoever waits for the one writer looks now and then: the next transaction must not always be faster.
            time.sleep((time.monotonic() - held_since) * _LEFT_TO_OTHERS)

    def piece(self, work: Callable[[UnitOfWork], T]) -> T:
        """What ``work`` does in one of the job's transactions; again, from the start, where somebody got in its way:
        two people issue one roll, or import one file. ``work`` looks for itself what is left to do."""
        for _attempt in range(_TRIES - 1):
            with suppress(DatabaseBusy, SomebodyWasFaster, StaleRecord), self.unit_of_work() as uow:
                return work(uow)
        with self.unit_of_work() as uow:
            return work(uow)

    @contextmanager
    def reading(self) -> Iterator[ReadUnit]:
        """A look at the database between two transactions."""
        with read_unit(
            self.database, actor=self.actor, now=self.clock_now(), municipality=self.municipality
        ) as unit:
            yield unit


@contextmanager
def read_unit(
    database: Database, *, actor: Actor, now: datetime, municipality: Municipality
) -> Iterator[ReadUnit]:
    """Opens a reader on one consistent state of the database."""
    connection = database.connect_to_read()
    unit = ReadUnit(
        connection=connection,
        actor=actor,
        now=now,
        today=municipality.calendar.business_date(now),
        municipality=municipality,
    )
    try:
        yield unit
    except Exception as error:
        _raise_in_the_users_words(error, database, connection)
        raise
    finally:
        if "session" in unit.__dict__:
            unit.session.close()
        connection.close()
