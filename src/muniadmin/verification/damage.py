"""Looks for damage of the file or of the server's pages, and names what it hits."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _, ngettext
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look, interrupted, reason_of

# One more than a check lists, so that it knows that there are more.
_MOST = 1_001


@dataclass(frozen=True, kw_only=True)
class Damage:
    """What the engine says is damaged: a table or index by name and a page by number, where it says so."""

    name: str
    page: int | None
    said: str

    def sentence(self) -> str:
        """What is damaged, in the language in force, with the engine's own words."""
        if self.name and self.page is not None:
            return _("{name}, page {page}: {said}").format(name=self.name, page=self.page, said=self.said)
        if self.name:
            return f"{self.name}: {self.said}"
        if self.page is not None:
            return _("page {page}: {said}").format(page=self.page, said=self.said)
        return self.said


def pages(reading: Reading, look: Look) -> Iterator[Finding]:
    """The pages hang together as the engine wrote them, and each index holds what its table does: one that leaves a row
    out hides it from whoever looks by it. On a server as far as its module ``amcheck`` is there and may be used."""
    if reading.connection.dialect.name == "sqlite":
        look()
        found, message = damage_of_sqlite(reading.connection), N_("The database file is damaged: {damage}")
    else:
        found, not_looked_at = damage_of_postgresql(reading.connection, look)
        message = N_("What the server keeps is damaged: {damage}")
        if not_looked_at:
            look.remark(not_looked_at)
    for damage in found:
        yield Finding(
            check="pages",
            table=damage.name,
            key="" if damage.page is None else str(damage.page),
            message=message,
            facts={"damage": damage.sentence()},
        )


def damage_of_sqlite(connection: Connection) -> list[Damage]:
    """What SQLite finds wrong with its file."""
    names = _names_by_root(connection)
    try:
        lines = _said_by(connection, f"PRAGMA integrity_check({_MOST})")
        found = _understood_all(connection, lines, names)
        if len(lines) < _MOST:
            return _by_page(found)
    except DBAPIError as error:
        if interrupted(error):
            raise
        found = [Damage(name="", page=None, said=reason_of(error))]
    # So damaged that SQLite gives up, or so much to be said that it ends: each table is asked for by itself.
    for table in _tables(connection):
        try:
            found += _understood_all(
                connection, _said_by(connection, f'PRAGMA integrity_check("{table}")'), names
            )
        except DBAPIError as error:
            if interrupted(error):
                raise
            found.append(Damage(name=table, page=None, said=reason_of(error)))
    return _by_page(found)


def _said_by(connection: Connection, pragma: str) -> list[str]:
    return [line for (said,) in connection.exec_driver_sql(pragma) for line in str(said).splitlines()]


def _understood_all(connection: Connection, lines: list[str], names: dict[int, str]) -> list[Damage]:
    return [_understood(connection, line, names) for line in lines if _is_damage(line)]


def _by_page(found: list[Damage]) -> list[Damage]:
    """Of a page that SQLite has a hundred words for, the first, and how many more there are."""
    by_page: dict[tuple[str, int | None, str], list[Damage]] = {}
    for damage in found:
        same = "" if damage.page is not None else damage.said
        of_page = by_page.setdefault((damage.name, damage.page, same), [])
        if damage not in of_page:
            of_page.append(damage)
    return [
        first if not more else replace(first, said=_and_more(first.said, len(more)))
        for first, *more in by_page.values()
    ]


def _and_more(said: str, count: int) -> str:
    return ngettext(
        "{said} (and {count} more of this page)", "{said} (and {count} more of this page)", count
    ).format(said=said, count=format_number(count))


def _tables(connection: Connection) -> list[str]:
    try:
        rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").all()
    except DBAPIError:
        return []
    return sorted(str(name) for (name,) in rows if '"' not in str(name))


def _is_damage(line: str) -> bool:
    # What is empty or of the wrong kind in a row is said, row by row, by the check of values.
    return bool(line) and line != "ok" and not line.startswith("***") and not _OF_A_VALUE.match(line)


_OF_A_VALUE = re.compile(r"NULL value in |non-unique entry|\w+ value in \w+\.\w+|CHECK constraint failed")
_TREE = re.compile(r"Tree (\d+)(?: page (\d+))?")  # as SQLite says it since 3.42
_PAGE = re.compile(r"[Pp]age (\d+)")
_NAMED = re.compile(r"(?:missing from index|in index|of index) (\w+)")


def _understood(connection: Connection, line: str, names: dict[int, str]) -> Damage:
    tree, page, named = _TREE.search(line), _PAGE.search(line), _NAMED.search(line)
    number = int(page[1]) if page else int(tree[1]) if tree else None
    if named:
        name = named[1]
    elif tree:
        name = names.get(int(tree[1]), "")
    else:
        name = "" if number is None else names.get(number) or _name_of_page(connection, number)
    return Damage(name=name, page=number, said=line)


def _name_of_page(connection: Connection, page: int) -> str:
    """The table or index that a page belongs to, where this SQLite can tell."""
    try:
        name = connection.exec_driver_sql("SELECT name FROM dbstat WHERE pageno = ?", (page,)).scalar()
    except DBAPIError:
        return ""
    return str(name or "")


def _names_by_root(connection: Connection) -> dict[int, str]:
    try:
        rows = connection.exec_driver_sql("SELECT rootpage, name FROM sqlite_master WHERE rootpage > 0").all()
    except DBAPIError:
        return {}
    return {root: str(name) for root, name in rows}


def foreign_keys_astray(connection: Connection) -> list[Damage]:
    """Rows of SQLite that name a row which is not there."""
    try:
        rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    except DBAPIError as error:
        return [Damage(name="", page=None, said=reason_of(error))]
    return [
        Damage(
            name=f"{table} {key}",
            page=None,
            said=_("it names a row of “{table}” that is not there").format(table=of),
        )
        for table, key, of, _number in rows
    ]


def damage_of_postgresql(
    connection: Connection, look: Callable[[], object] = lambda: None
) -> tuple[list[Damage], str]:
    """What the server's own module ``amcheck`` finds in tables, in indexes, and in indexes against their tables; and a
    sentence on what could not be looked at. Nothing is installed for it: that is its administrator's to decide.
    ``look`` is called with each of them."""
    # Where the module is, and not whatever else has the names of its functions.
    schema = connection.scalar(_MODULE)
    if schema is None:
        return [], _(
            "Pages were not looked at: the server’s module “amcheck” is not installed in this database. Its "
            "administrator installs it with: CREATE EXTENSION amcheck."
        )
    # Since PostgreSQL 17 it also looks whether a key is there twice.
    unique = ", true" if connection.scalar(_LOOKS_AT_KEYS, {"schema": schema}) else ""
    of_index = text(_OF_INDEX.format(schema=schema, unique=unique))
    of_table = text(_OF_TABLE.format(schema=schema))
    found: list[Damage] = []
    refused: list[str] = []
    relations = connection.execute(_RELATIONS).all()
    for name, kind, oid in relations:
        nested = connection.begin_nested()
        try:
            rows: list[Any] = list(
                connection.execute(of_index if kind == "i" else of_table, {"oid": oid}).all()
            )
            found += [Damage(name=name, page=row[0], said=row[1]) for row in rows if kind != "i"]
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None) or ""
            if state.startswith("XX"):  # XX001, XX002: data or index corrupted
                found.append(Damage(name=name, page=None, said=reason_of(error)))
            else:
                refused.append(name)
        finally:
            if nested.is_active:
                nested.rollback()
        look()
    if len(refused) == len(relations):
        return found, _(
            "Pages were not looked at: the server does not allow this role to use its module “amcheck”."
        )
    if refused:
        return found, _(
            "Pages of these were not looked at, since the server did not allow it: {names}."
        ).format(names=", ".join(refused))
    return found, ""


_MODULE = text(
    "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
    "WHERE e.extname = 'amcheck'"
)
_RELATIONS = text(
    "SELECT c.relname, c.relkind::text, c.oid::bigint FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid "
    "LEFT JOIN pg_am a ON a.oid = c.relam "
    "WHERE c.relnamespace = current_schema()::regnamespace AND c.relpersistence = 'p' AND (c.relkind = 'r' "
    "OR (c.relkind = 'i' AND a.amname = 'btree' AND i.indisvalid)) ORDER BY c.relname"
)
_LOOKS_AT_KEYS = text(
    "SELECT has_function_privilege(oid, 'execute') FROM pg_proc WHERE pronamespace = CAST(:schema AS regnamespace) "
    "AND proname = 'bt_index_check' AND proargtypes::regtype[]::text = '[0:2]={regclass,boolean,boolean}'"
)
_OF_INDEX = "SELECT {schema}.bt_index_check(CAST(:oid AS oid)::regclass, true{unique})"
_OF_TABLE = "SELECT blkno, msg FROM {schema}.verify_heapam(CAST(:oid AS oid)::regclass)"
