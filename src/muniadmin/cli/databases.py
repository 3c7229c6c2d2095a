"""Commands about whole databases: set up, upgrade, check."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from muniadmin.cli.errors import Misuse
from muniadmin.cli.opening import (
    address,
    ensure_there,
    opened,
    opened_to_verify,
    operator,
    password_for,
)
from muniadmin.cli.terminal import Terminal
from muniadmin.kernel.i18n import _, ngettext, pick


def init(arguments: Namespace, terminal: Terminal) -> int:
    """Sets a municipality up in an empty database, with its first administrator when one is named."""
    from muniadmin.bootstrap import FirstAdministrator, create_municipality
    from muniadmin.settings.profile import load_profile, read_profile

    given = arguments.profile
    profile = read_profile(Path(given)) if given.endswith(".toml") else load_profile(given)
    administrator = None
    if arguments.admin:
        administrator = FirstAdministrator(
            user_name=arguments.admin,
            name=arguments.name or arguments.admin,
            password=password_for(arguments.admin, arguments.password_file),
        )
    elif arguments.name or arguments.password_file:
        raise Misuse(problem=_("--name and --password-file need --admin"), command="muniadmin db init")
    url = address(arguments)
    create_municipality(url, profile, administrator=administrator, workstation=operator().workstation)
    name = pick(profile.names)
    lines = [_("{name} is set up in {url}.").format(name=name, url=_shown(url))]
    if administrator is None:
        lines.append(_("Nobody can sign in yet. Add an administrator with: muniadmin user add."))
    terminal.answer(
        {
            "municipality": profile.code,
            "name": name,
            "url": _shown(url),
            "administrator": administrator.user_name if administrator else None,
        },
        *lines,
    )
    return 0


def upgrade(arguments: Namespace, terminal: Terminal) -> int:
    """Brings the tables up to date."""
    from muniadmin.storage.engine import Database
    from muniadmin.storage.migrations.upgrade import HEAD, revision_of
    from muniadmin.storage.migrations.upgrade import upgrade as upgrade_database

    url = address(arguments)
    ensure_there(url)
    database = Database(url)
    try:
        before = revision_of(database)
        upgrade_database(database)
    finally:
        database.close()
    text = (
        _("Nothing to do: the tables are up to date.")
        if before == HEAD
        else _("The tables are up to date now.")
    )
    terminal.answer({"url": _shown(url), "before": before, "now": HEAD}, text)
    return 0


def rebuild(arguments: Namespace, terminal: Terminal) -> int:
    """Adds the totals kept by day up again from what was booked."""
    from muniadmin.billing.commands import RebuildTotals

    with opened(arguments) as app:
        wrong = app.execute(RebuildTotals(), operator()).outcome
    text = (
        ngettext(
            "{count} total was wrong and is right now.", "{count} totals were wrong and are right now.", wrong
        )
        if wrong
        else _("Every total was right.")
    )
    terminal.answer({"wrong": wrong}, text.format(count=wrong))
    return 0


def check(arguments: Namespace, terminal: Terminal) -> int:
    """Tells what the database holds, and lets the engine look for damage; what is damaged is named, and it is said what
    was looked at and what was not."""
    from muniadmin.storage.migrations.head import HEAD
    from muniadmin.verification.damage import damage_of_postgresql, damage_of_sqlite, foreign_keys_astray

    with opened_to_verify(arguments) as app, app.database.connect_to_read() as connection:
        kind, not_looked_at = app.database.kind, ""
        if kind == "sqlite":
            damage = damage_of_sqlite(connection) + foreign_keys_astray(connection)
        else:
            damage, not_looked_at = damage_of_postgresql(connection)
        looked_at = (
            _(
                "Looked at: the file’s pages and indexes, whether rows are there that others name, and every table."
            )
            if kind == "sqlite"
            else _(
                "Looked at: every table; pages and indexes as far as the server’s module “amcheck” can be used."
            )
        )
        left_to_verify = _(
            "Not looked at: whether rows were changed behind the program’s back, and whether money, debts, ledger and "
            "numbers agree. That is what “muniadmin verify” does."
        )
        counts, uncounted = _counts(connection)
        damage += uncounted
        municipality = app.municipality
        data = {
            "url": _shown(address(arguments)),
            "engine": kind,
            "revision": HEAD,
            "municipality": municipality.code,
            "name": pick(municipality.names),
            "demonstration": municipality.demonstration,
            "rows": counts,
            "damage": [one.sentence() for one in damage],
            "damaged": [{"name": one.name, "page": one.page, "said": one.said} for one in damage],
            "looked_at": looked_at,
            "not_looked_at": [*filter(None, [not_looked_at]), left_to_verify],
            "undamaged": not damage,
        }
    lines = [
        f"{data['name']} ({municipality.code}) · {kind} · {HEAD}",
        *(f"  {table}: {count}" for table, count in counts.items() if count),
        _("The database is damaged:") if damage else _("No damage was found."),
        *(f"  {one.sentence()}" for one in damage),
        *filter(None, [looked_at, not_looked_at, left_to_verify]),
    ]
    if damage:
        lines.append(_("Take no more work, copy the file away, and restore the last good backup."))
    terminal.answer(data, *lines)
    return 1 if damage else 0


def _counts(connection: Any) -> tuple[dict[str, int], list[Any]]:
    """How many rows each table has, and of which that cannot be said."""
    from sqlalchemy import func, select
    from sqlalchemy.exc import DBAPIError

    from muniadmin.storage.base import Base
    from muniadmin.verification.damage import Damage
    from muniadmin.verification.rows import reason_of

    counts: dict[str, int] = {}
    damage = []
    for table in Base.metadata.sorted_tables:
        nested = connection.begin_nested() if connection.dialect.name == "postgresql" else None
        try:
            counts[table.name] = int(connection.scalar(select(func.count()).select_from(table)) or 0)
        except DBAPIError as error:
            damage.append(Damage(name=table.name, page=None, said=reason_of(error)))
        finally:
            if nested is not None and nested.is_active:
                nested.rollback()
    return counts, damage


def _shown(url: str) -> str:
    """The address without a password."""
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)
