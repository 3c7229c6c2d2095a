"""Puts the program together: the only module that knows every slice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from muniadmin.access import handlers as access
from muniadmin.access.commands import CreateUser
from muniadmin.access.permissions import PERMISSION_NAMES, Permission, Role
from muniadmin.access.services import create_user
from muniadmin.app import Answer, App, Handler, JobHandler
from muniadmin.assessment import handlers as assessment
from muniadmin.assessment.services import install_tariffs
from muniadmin.audit import handlers as audit
from muniadmin.audit.services import record
from muniadmin.billing import handlers as billing
from muniadmin.billing.services import HeadSpec, install_heads
from muniadmin.civil_status import handlers as civil_status
from muniadmin.civil_status.services import install_registers
from muniadmin.collection import handlers as collection
from muniadmin.collection.points import install_points
from muniadmin.documents import handlers as documents
from muniadmin.documents.keys import create_signing_key
from muniadmin.exchange import handlers as exchange
from muniadmin.fines import handlers as fines
from muniadmin.fines.services import install_offences
from muniadmin.indicators import handlers as indicators
from muniadmin.kernel.clock import Clock, SystemClock
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_
from muniadmin.kernel.requests import PROGRAM_NAME, Actor, Command, Query
from muniadmin.ledger import handlers as ledger
from muniadmin.settings import handlers as settings
from muniadmin.settings.profile import Profile
from muniadmin.settings.services import install_municipality, load_municipality, municipality_of
from muniadmin.storage.engine import Database
from muniadmin.storage.migrations.head import HEAD, revision_of
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work
from muniadmin.taxpayers import handlers as taxpayers
from muniadmin.verification import handlers as verification

# Every module with mapped classes, lower slices first.
MODEL_MODULES = (
    "muniadmin.storage.base",
    "muniadmin.settings.models",
    "muniadmin.access.models",
    "muniadmin.audit.models",
    "muniadmin.taxpayers.models",
    "muniadmin.documents.models",
    "muniadmin.ledger.models",
    "muniadmin.billing.models",
    "muniadmin.billing.triggers",
    "muniadmin.collection.models",
    "muniadmin.assessment.models",
    "muniadmin.fines.models",
    "muniadmin.civil_status.models",
    "muniadmin.indicators.models",
)

# Every slice's table of who carries out and answers what.
SLICES = (
    access,
    audit,
    settings,
    taxpayers,
    documents,
    ledger,
    billing,
    collection,
    assessment,
    fines,
    civil_status,
    exchange,
    indicators,
    verification,
)

# What each slice takes from the profile when a municipality is set up, lower slices first.
INSTALLERS: tuple[Callable[[UnitOfWork, Profile], None], ...] = (
    install_tariffs,
    install_offences,
    install_registers,
)


class DatabaseNeedsUpgrade(UserError):
    """The database was made by an older version of the program."""

    message = N_("This database was made by an older version of the program.")
    hint = N_("Make a backup, then run: muniadmin db upgrade.")


class AlreadySetUp(UserError):
    """The database already holds a municipality."""

    message = N_("This database already holds a municipality ({name}).")
    hint = N_("Choose another database, or open this one.")


def load_models() -> None:
    """Imports every mapped class, so that tables that point at each other know each other."""
    for module in MODEL_MODULES:
        import_module(module)


def _merged(attribute: str) -> dict[type[Any], Any]:
    merged: dict[type[Any], Any] = {}
    for slice_handlers in SLICES:
        merged.update(getattr(slice_handlers, attribute, {}))
    return merged


def open_app(url: str, *, clock: Clock | None = None) -> App:
    """The program on the database at ``url``. Raises NotSetUp, DatabaseNeedsUpgrade, DatabaseUnreachable."""
    load_models()
    database = Database(url)
    revision = revision_of(database)
    if revision is not None and revision != HEAD:
        database.close()
        raise DatabaseNeedsUpgrade
    handlers: Mapping[type[Command[Any]], Handler] = _merged("HANDLERS")
    jobs: Mapping[type[Command[Any]], JobHandler] = _merged("JOBS")
    queries: Mapping[type[Query[Any]], Answer] = _merged("QUERIES")
    return App(
        database,
        clock=clock or SystemClock(),
        load_municipality=load_municipality,
        permission_names={str(permission): name for permission, name in PERMISSION_NAMES.items()},
        handlers=handlers,
        jobs=jobs,
        queries=queries,
    )


@dataclass(frozen=True, kw_only=True)
class FirstAdministrator:
    """Who may manage users in a new database."""

    user_name: str
    name: str
    password: str


def system_actor(workstation: str) -> Actor:
    """The program itself, when it acts for nobody: setting up, upgrading, imports from the command line."""
    return Actor(None, "system", PROGRAM_NAME, frozenset(Permission), workstation)


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

    load_models()
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
        ) as uow:
            install_municipality(uow, municipality, profile)
            create_signing_key(uow)
            install_heads(uow, [_head_spec(head) for head in profile.heads])
            install_points(uow, [(desk.number, dict(desk.names)) for desk in profile.desks])
            for install in INSTALLERS:
                install(uow, profile)
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


def _head_spec(head: Any) -> HeadSpec:
    return HeadSpec(
        code=head.code,
        names=head.names,
        kind=head.kind,
        periodicity=head.periodicity,
        object_kind=head.object_kind,
        due_rule={
            "notice_days": head.due.notice_days,
            "instalments": [
                {"months": one.months, "day": one.day, "days": one.days, "share": one.share}
                for one in head.due.instalments
            ],
        },
        penalty_rule=head.penalty.document if head.penalty is not None else {},
    )


__all__ = [
    "HEAD",
    "AlreadySetUp",
    "DatabaseNeedsUpgrade",
    "FirstAdministrator",
    "create_municipality",
    "open_app",
    "system_actor",
]
