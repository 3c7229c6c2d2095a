"""Puts the program together: the only module that knows every slice."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from muniadmin.access import slice as access
from muniadmin.access.commands import CreateUser
from muniadmin.access.services import create_user
from muniadmin.anchors import slice as anchors
from muniadmin.app import App
from muniadmin.assessment import slice as assessment
from muniadmin.audit import slice as audit
from muniadmin.audit.rules import register_events
from muniadmin.audit.services import record
from muniadmin.billing import slice as billing
from muniadmin.civil_status import slice as civil_status
from muniadmin.collection import slice as collection
from muniadmin.documents import slice as documents
from muniadmin.documents.papers import register_papers
from muniadmin.exchange import slice as exchange
from muniadmin.fines import slice as fines
from muniadmin.indicators import slice as indicators
from muniadmin.kernel.clock import Clock, SystemClock
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.numbers import register_numbers
from muniadmin.kernel.permissions import Role, every_permission, register_permissions
from muniadmin.kernel.requests import PROGRAM_NAME, SYSTEM_NAME, Actor
from muniadmin.ledger import slice as ledger
from muniadmin.settings import slice as settings
from muniadmin.settings.profile import Profile
from muniadmin.settings.services import install_municipality, load_municipality, municipality_of
from muniadmin.slices import Slice
from muniadmin.storage.engine import Database
from muniadmin.storage.migrations.head import HEAD, revision_of
from muniadmin.storage.unit_of_work import unit_of_work
from muniadmin.taxpayers import slice as taxpayers
from muniadmin.verification import slice as verification

# Every slice, lower ones first. A new one is a folder and its line here.
SLICES: tuple[Slice, ...] = (
    access.SLICE,
    audit.SLICE,
    settings.SLICE,
    taxpayers.SLICE,
    documents.SLICE,
    anchors.SLICE,
    ledger.SLICE,
    billing.SLICE,
    collection.SLICE,
    assessment.SLICE,
    fines.SLICE,
    civil_status.SLICE,
    exchange.SLICE,
    indicators.SLICE,
    verification.SLICE,
)


def register(slices: tuple[Slice, ...]) -> None:
    """Says which events, permissions, numbers and papers there are, and how tables are proved. Importing this module
    has said it for ``SLICES``."""
    register_events(event for one in slices for event in one.events.items())
    register_permissions(permission for one in slices for permission in one.permissions)
    register_numbers(kind for one in slices for kind in one.numbers)
    register_papers(paper for one in slices for paper in one.papers)
    for one in slices:
        if one.proof:
            import_module(one.proof)


register(SLICES)


class DatabaseNeedsUpgrade(UserError):
    """The database was made by an older version of the program."""

    message = N_("This database was made by an older version of the program.")
    hint = N_("Make a backup, then run: muniadmin db upgrade.")


class AlreadySetUp(UserError):
    """The database already holds a municipality."""

    message = N_("This database already holds a municipality ({name}).")
    hint = N_("Choose another database, or open this one.")


def open_app(url: str, *, clock: Clock | None = None) -> App:
    """The program on the database at ``url``. Raises NotSetUp, DatabaseNeedsUpgrade, DatabaseUnreachable."""
    database = Database(url)
    revision = revision_of(database)
    if revision is not None and revision != HEAD:
        database.close()
        raise DatabaseNeedsUpgrade
    return App(
        database,
        clock=clock or SystemClock(),
        load_municipality=load_municipality,
        handlers=_merged("handlers"),
        jobs=_merged("jobs"),
        queries=_merged("queries"),
    )


def _merged(table: str) -> dict[type[Any], Any]:
    return {request: handler for one in SLICES for request, handler in getattr(one, table).items()}


@dataclass(frozen=True, kw_only=True)
class FirstAdministrator:
    """Who may manage users in a new database."""

    user_name: str
    name: str
    password: str


def system_actor(workstation: str) -> Actor:
    """The program itself, when it acts for nobody: setting up, upgrading, imports from the command line."""
    return Actor(None, SYSTEM_NAME, PROGRAM_NAME, frozenset(every_permission()), workstation)


def create_municipality(
    url: str,
    profile: Profile,
    *,
    administrator: FirstAdministrator | None,
    demonstration: bool = False,
    workstation: str = "setup",
    clock: Clock | None = None,
) -> None:
    """Makes the schema and sets the municipality up from its profile, all in the database at ``url``.

    Raises AlreadySetUp, or InvalidInput for the administrator's name or password.
    """
    from muniadmin.storage.migrations.upgrade import upgrade  # loads Alembic, only needed here

    database = Database(url)
    try:
        upgrade(database)
        _ensure_empty(database)
        municipality = municipality_of(profile, demonstration=demonstration)
        with unit_of_work(
            database,
            actor=system_actor(workstation),
            now=(clock or SystemClock()).now(),
            municipality=municipality,
            order="SetUp",
        ) as uow:
            install_municipality(uow, municipality, profile)
            for one in SLICES:
                if one.install is not None:
                    one.install(uow, profile)
            if administrator is not None:
                create_user(
                    uow,
                    CreateUser(
                        user_name=administrator.user_name,
                        name=administrator.name,
                        password=administrator.password,
                        roles=frozenset({Role.ADMINISTRATOR}),
                    ),
                )
            record(uow, "settings:municipality:set-up", municipality.code)
    finally:
        database.close()


def _ensure_empty(database: Database) -> None:
    from muniadmin.settings.errors import NotSetUp

    try:
        found = load_municipality(database)
    except NotSetUp:
        return
    raise AlreadySetUp(name=next(iter(found.names.values())))


__all__ = [
    "HEAD",
    "AlreadySetUp",
    "DatabaseNeedsUpgrade",
    "FirstAdministrator",
    "create_municipality",
    "open_app",
    "system_actor",
]
