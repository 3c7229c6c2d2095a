"""Checks of what protects rows in the database itself: triggers, keys and conditions as a new database of this program
has them; and rows that could only be written where these were away."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    String,
    Table,
    TextClause,
    case,
    cast,
    inspect,
    or_,
    select,
    text,
)
from sqlalchemy.schema import CreateColumn, CreateIndex

from muniadmin.kernel.i18n import N_
from muniadmin.storage.base import EXTRA_DDL, PROTECTIONS, REFUSE_FUNCTION, Base
from muniadmin.storage.migrations.head import HEAD
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look, streamed
from muniadmin.verification.sql_texts import in_one_form


class _Name(NamedTuple):
    """A trigger, constraint, index or column, and the table it belongs to."""

    table: str
    name: str


_Texts = Mapping[_Name, str]
"""How each is defined, in a form in which what means the same is the same."""


# --- Triggers -------------------------------------------------------------------------------------------------------

_MISSING = N_(
    "The protection “{subject}” of the table “{table}” is missing from the database: rows may have been changed."
)
_CHANGED = N_(
    "The protection “{subject}” of the table “{table}” is not as the program made it: rows may have been changed."
)
_OFF = N_("The protection “{subject}” of the table “{table}” is switched off: rows may have been changed.")
_KEEPS_NOTHING = N_(
    "The trigger “{subject}” of the table “{table}” is missing, switched off or changed: what follows from its rows "
    "may be wrong."
)
_FOREIGN = N_(
    "The trigger or rule “{subject}” on the table “{table}” is not the program’s: it may change what is written."
)
_ALL_OFF = N_(
    "The server’s setting “{subject}” ({scope}) keeps triggers from running: rows may have been changed."
)
_HIDES_SETTING = N_(
    "The setting “{subject}” ({scope}) hides what the server is told for everybody else: verify as one who may read "
    "its files of settings."
)
_HIDES = N_("“{subject}” hides rows of the table “{table}”, or adds some: it is not the program’s.")

_OFF_TEXT = "off"


def triggers(reading: Reading, look: Look) -> Iterator[Finding]:
    """Every trigger that refuses changes of issued rows or keeps what follows from them stands on its table, runs for
    everybody and does what it was written to; and there is no other, nor anything that could stand in its place."""
    if reading.connection.dialect.name == "sqlite":
        written, present = _triggers_of(_in_a_new_file()), _triggers_of(_in_file(reading))
    else:
        written, present = _triggers_written(), _triggers_present(reading)
    for one in sorted(written.keys() | present.keys()):
        look()
        found = present.get(one)
        if found != written.get(one):
            yield Finding(
                check="triggers",
                table=one.table,
                subject=one.name,
                message=_what_is_wrong(one, found, known=one in written),
                facts={"table": one.table},
            )
    if reading.connection.dialect.name != "sqlite":
        yield from _stands_in_the_way(reading)


def _what_is_wrong(one: _Name, found: str | None, *, known: bool) -> str:
    if not known:
        return _FOREIGN
    if one.name not in PROTECTIONS:
        return _KEEPS_NOTHING
    if found is None:
        return _MISSING
    return _OFF if found == _OFF_TEXT else _CHANGED


_TRIGGERS = text(
    "SELECT c.relname, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid), p.prosrc, "
    # A function that is carried out as somebody else, with other settings or in another language is not ours.
    "l.lanname = 'plpgsql' AND NOT p.prosecdef AND p.proconfig IS NULL, current_schema() "
    "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
    "JOIN pg_language l ON l.oid = p.prolang "
    # Those that carry out foreign keys are the server's own; who owns the server can say of any that it is internal.
    "WHERE (NOT t.tgisinternal OR p.pronamespace <> 'pg_catalog'::regnamespace) "
    "AND c.relnamespace = current_schema()::regnamespace"
)
_CALLS = re.compile(r"CREATE TRIGGER (\w+) .*? ON (\w+) .*EXECUTE FUNCTION (\w+)\(", re.DOTALL)


def _triggers_written() -> _Texts:
    functions = {"muniadmin_refuse": REFUSE_FUNCTION}
    functions |= {
        name.removesuffix("_function"): sql
        for name, _sqlite, sql in EXTRA_DDL
        if sql.startswith("CREATE OR REPLACE FUNCTION")
    }
    texts = {}
    for _name, _sqlite, sql in EXTRA_DDL:
        if (found := _CALLS.match(sql)) is not None:
            name, table, function = found.groups()
            texts[_Name(table, name)] = _trigger_text(sql, functions[function].split("$$")[1])
    return texts


def _triggers_present(reading: Reading) -> _Texts:
    texts = {}
    for table, name, enabled, sql, body, is_plain, schema in reading.connection.execute(_TRIGGERS):
        if enabled not in ("O", "A"):  # for everybody, or even where rows are copied from another server
            texts[_Name(table, name)] = _OFF_TEXT
        else:
            texts[_Name(table, name)] = _trigger_text(sql, body if is_plain else None, schema=schema)
    return texts


def _trigger_text(sql: str, body: str | None, *, schema: str = "public") -> str:
    return f"{in_one_form(sql, schema=schema)} {body}"


_NOT_KEPT = N_("“{subject}” is not kept when the server fails (unlogged): its rows may be gone afterwards.")
_IN_PLACE = N_(
    "“{subject}” can be taken for one of the server’s own: it is not the program’s, and may change what is read or "
    "written."
)
_RUNS_FIRST = N_(
    "“{subject}” runs whenever somebody signs in to the server: it is not the program’s, and can keep triggers from "
    "running for them."
)
_WRITES = N_("The subscription “{subject}” writes rows from another server, for which no trigger runs.")

_RUNNING = ("origin", "local")
_ROLE = text("SELECT current_setting('session_replication_role')")
_ROLE_FOR = text(
    "SELECT coalesce(r.rolname, '') || '@' || coalesce(d.datname, ''), split_part(one, '=', 2) "
    "FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) AS one "
    "LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase "
    "WHERE (s.setdatabase = 0 OR d.datname = current_database()) AND one LIKE 'session_replication_role=%' ORDER BY 1"
)
_MAY_READ_FILES = text(
    "SELECT has_function_privilege('pg_show_all_file_settings()', 'execute') "
    "AND has_table_privilege('pg_file_settings', 'select')"
)
_ROLE_IN_FILES = text(
    "SELECT DISTINCT sourcefile FROM pg_file_settings "
    "WHERE name = 'session_replication_role' AND setting NOT IN ('origin', 'local') ORDER BY 1"
)
_RULES = text(
    "SELECT c.relname, r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class "
    "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
)
_AT_SIGN_IN = text(
    "SELECT '', evtname FROM pg_event_trigger WHERE evtevent = 'login' AND evtenabled <> 'D' ORDER BY 2"
)
_HIDING = text(
    "SELECT c.relname, 'row level security' FROM pg_class c "
    "WHERE c.relrowsecurity AND c.relnamespace = current_schema()::regnamespace "
    "UNION ALL SELECT c.relname, i.inhrelid::regclass::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent "
    "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
)
_UNLOGGED = text(
    "SELECT relname, relname FROM pg_class WHERE relkind IN ('r', 'p', 'S') AND relpersistence <> 'p' "
    "AND relnamespace = current_schema()::regnamespace ORDER BY 1"
)
# The server takes what fits the kinds of the values best, wherever it is: before its own, therefore, an operator or a
# function for just these kinds. What belongs to a module of the server is its administrator's.
_LIKE_THE_SERVERS_OWN = text(
    "WITH found AS (SELECT 'pg_operator'::regclass AS kind, o.oid, 'operator ' || o.oid::regoperator AS name "
    "FROM pg_operator o WHERE o.oprnamespace = current_schema()::regnamespace "
    "UNION ALL SELECT 'pg_proc'::regclass, p.oid, 'function ' || p.oid::regprocedure FROM pg_proc p "
    "WHERE p.pronamespace = current_schema()::regnamespace AND EXISTS (SELECT 1 FROM pg_proc own "
    "WHERE own.proname = p.proname AND own.pronamespace = 'pg_catalog'::regnamespace) "
    "UNION ALL SELECT 'pg_cast'::regclass, k.oid, "
    "concat_ws(' ', 'cast', format_type(k.castsource, NULL), format_type(k.casttarget, NULL)) "
    # The server's own have numbers below this one.
    "FROM pg_cast k WHERE k.oid >= 16384) "
    "SELECT '', name FROM found WHERE NOT EXISTS (SELECT 1 FROM pg_depend m "
    "WHERE m.classid = found.kind AND m.objid = found.oid AND m.deptype = 'e') ORDER BY 2"
)
_SUBSCRIPTIONS = text(
    "SELECT '', s.subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid "
    "WHERE d.datname = current_database() ORDER BY 2"
)


def _not_running(reading: Reading) -> list[tuple[str, str]]:
    """For whom, or where, it is told that triggers do not run, and what is to be said of it."""
    may_read_files = reading.connection.scalar(_MAY_READ_FILES)
    found = [
        (scope, _HIDES_SETTING if value in _RUNNING else _ALL_OFF)
        for scope, value in reading.connection.execute(_ROLE_FOR)
        if value not in _RUNNING or not may_read_files
    ]
    if may_read_files:
        found += [(file, _ALL_OFF) for (file,) in reading.connection.execute(_ROLE_IN_FILES)]
    if not found and reading.connection.scalar(_ROLE) not in _RUNNING:
        found = [("postgresql.conf", _ALL_OFF)]
    return found


def _stands_in_the_way(reading: Reading) -> Iterator[Finding]:
    """What else PostgreSQL knows that keeps triggers from running or changes what a table shows."""
    for scope, message in _not_running(reading):
        yield Finding(
            check="triggers", subject="session_replication_role", message=message, facts={"scope": scope}
        )
    for question, message in (
        (_RULES, _FOREIGN),
        (_HIDING, _HIDES),
        (_UNLOGGED, _NOT_KEPT),
        (_LIKE_THE_SERVERS_OWN, _IN_PLACE),
        (_SUBSCRIPTIONS, _WRITES),
        (_AT_SIGN_IN, _RUNS_FIRST),
    ):
        for table, name in reading.connection.execute(question):
            yield Finding(
                check="triggers", table=table, subject=name, message=message, facts={"table": table}
            )


# --- Keys and conditions ----------------------------------------------------------------------------------------------

_NOT_THERE = N_(
    "“{subject}” of the table “{table}” is missing from the database: rows may be there that it refuses."
)
_NOT_AS_MADE = N_(
    "“{subject}” of the table “{table}” is not as the program made it: rows may be there that it refuses."
)
_NOT_OURS = N_("“{subject}” of the table “{table}” is not the program’s.")
_RUNS_OTHERS = " RUNS WHAT IS NOT THE SERVER'S OWN"


def definitions(reading: Reading, look: Look) -> Iterator[Finding]:
    """Every key, foreign key, index and condition of the program's tables is in the database as it was made, valid and
    switched on, and every column as well; there is nothing else but indexes, which run nothing that is not the
    server's own; and the revision is the program's."""
    if reading.connection.dialect.name == "sqlite":
        written, present = _lines(_in_a_new_file()), _lines(_in_file(reading))
    else:
        written, present = _constraints_written(reading), _constraints_present(reading)
    yield from _revision(reading)
    # That a whole table is missing is said by the check of values.
    tables = {one.table for one in present} & Base.metadata.tables.keys()
    for one in sorted(one for one in written.keys() | present.keys() if one.table in tables):
        look()
        found = present.get(one)
        if found == written.get(one) or (one not in written and _is_mere_index(found)):
            continue
        message = _NOT_OURS if one not in written else _NOT_THERE if found is None else _NOT_AS_MADE
        yield Finding(
            check="definitions",
            table=one.table,
            subject=one.name,
            message=message,
            facts={"table": one.table},
        )


def _revision(reading: Reading) -> Iterator[Finding]:
    """The database says of itself that it is as this program makes one: else the next upgrade would change it."""
    found: list[str] = []
    if inspect(reading.connection).has_table("alembic_version"):
        found = [
            str(one) for one in reading.connection.scalars(text("SELECT version_num FROM alembic_version"))
        ]
    if found != [HEAD]:
        yield Finding(
            check="definitions",
            table="alembic_version",
            message=N_("{subject}: the database says that its revision is “{found}”, not “{revision}”."),
            facts={"found": ", ".join(sorted(found)), "revision": HEAD},
        )


def _is_mere_index(sql: str | None) -> bool:
    """Whether it is an index that only makes looking faster."""
    if sql is None or sql.endswith(_RUNS_OTHERS):
        return False
    return re.match("create (unique )?index ", sql, re.IGNORECASE) is not None


# The text of a constraint says itself that it was not tried on the rows that were there.
_ALL_CONSTRAINTS = text(
    "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) "
    "|| CASE WHEN EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled NOT IN ('O', 'A')) "
    "THEN ' OFF' ELSE '' END || CASE WHEN EXISTS (SELECT 1 FROM pg_index i WHERE i.indexrelid = k.conindid "
    "AND k.contype IN ('p', 'u') AND NOT (i.indisvalid AND i.indisready)) THEN ' INVALID' ELSE '' END, "
    "current_schema() "
    "FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
    "WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND c.relnamespace = current_schema()::regnamespace"
)
# Of what an index needs the server notes functions, operators and kinds that are not its own; those of its modules are
# its administrator's.
_ALL_INDEXES = text(
    "SELECT c.relname, n.relname, pg_get_indexdef(n.oid) || "
    "CASE WHEN i.indisvalid AND i.indisready THEN '' ELSE ' INVALID' END, current_schema(), EXISTS "
    "(SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = n.oid AND d.refclassid NOT IN "
    "('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_collation'::regclass) "
    "AND NOT EXISTS (SELECT 1 FROM pg_depend m "
    "WHERE m.classid = d.refclassid AND m.objid = d.refobjid AND m.deptype = 'e')) "
    "FROM pg_index i JOIN pg_class n ON n.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid "
    "WHERE c.relnamespace = current_schema()::regnamespace AND NOT EXISTS "
    "(SELECT 1 FROM pg_constraint k WHERE k.conindid = n.oid AND k.contype IN ('p', 'u', 'x'))"
)
_ALL_COLUMNS = text(
    "SELECT c.relname, a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), "
    "CASE WHEN a.attcollation <> y.typcollation THEN 'COLLATE ' || a.attcollation::regcollation END, "
    "CASE WHEN a.atthasdef THEN 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END, "
    "CASE WHEN a.attnotnull THEN 'NOT NULL' END, "
    "CASE WHEN a.attgenerated <> '' OR a.attidentity <> '' THEN 'GENERATED' END) "
    "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type y ON y.oid = a.atttypid "
    "LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
    "WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped "
    "AND c.relnamespace = current_schema()::regnamespace"
)


def _constraints_written(reading: Reading) -> _Texts:
    dialect = reading.connection.dialect
    compiler = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type] # as SQLAlchemy itself makes it
    texts = {}
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            sql = compiler.process(constraint)
            _word, name, definition = sql.split(" ", 2)
            texts[_Name(table.name, name.strip('"'))] = in_one_form(definition)
        for index in table.indexes:
            created = str(CreateIndex(index).compile(dialect=dialect))
            texts[_Name(table.name, str(index.name))] = in_one_form(created)
        for column in table.columns:
            numbered = f"bigint DEFAULT nextval('{table.name}_{column.name}_seq')"
            _name, sql = str(CreateColumn(column).compile(dialect=dialect)).split(" ", 1)
            sql = sql.replace("BIGSERIAL", numbered).replace("VARCHAR", "character varying")
            texts[_Name(table.name, column.name)] = in_one_form(sql)
    return texts


def _constraints_present(reading: Reading) -> _Texts:
    # What bears one name is read together: an index is nobody's business, but must not hide a condition of its name.
    texts: dict[_Name, str] = defaultdict(str)
    for table, name, sql in reading.connection.execute(_ALL_COLUMNS):
        # A kind or collation of ours is the server's own: in the program's schema there is none.
        texts[_Name(table, name)] += in_one_form(sql, schema="")
    for table, name, sql, schema in reading.connection.execute(_ALL_CONSTRAINTS):
        texts[_Name(table, name)] += in_one_form(sql, schema=schema)
    for table, name, sql, schema, runs_others in reading.connection.execute(_ALL_INDEXES):
        texts[_Name(table, name)] += in_one_form(sql.replace(" USING btree", ""), schema=schema)
        texts[_Name(table, name)] += _RUNS_OTHERS if runs_others else ""
    return texts


# --- A file of SQLite, and a new one --------------------------------------------------------------------------------

_MASTER = text("SELECT type, name, tbl_name, sql FROM sqlite_master")
_Master = Iterable[Sequence[Any]]


def _in_file(reading: Reading) -> _Master:
    return reading.connection.execute(_MASTER).all()


def _in_a_new_file() -> _Master:
    # Alembic takes its time to load, and the program starts without it.
    from muniadmin.storage.migrations.upgrade import definitions_in_a_new_file

    return definitions_in_a_new_file()


def _triggers_of(master: _Master) -> _Texts:
    texts: dict[_Name, str] = defaultdict(str)
    for kind, name, table, sql in master:
        if kind == "trigger":
            texts[_Name(str(table), str(name))] += str(sql)  # what stands there twice is not what was written
    return texts


def _lines(master: _Master) -> _Texts:
    """Indexes, and the columns and constraints of tables, which stand in the table's text one a line."""
    texts: dict[_Name, str] = defaultdict(str)
    for kind, name, table, sql in master:
        if kind == "index":
            texts[_Name(str(table), str(name))] += str(sql)
        elif kind == "table":
            for line in str(sql).splitlines():
                named = None if line.startswith("CREATE ") else _NAMED.match(line)
                texts[_Name(str(name), named[1] if named else str(name))] += line.strip().removesuffix(",")
    return texts


_NAMED = re.compile(r"\s*(?:CONSTRAINT )?\"?(\w+)")


# --- Rows -------------------------------------------------------------------------------------------------------------


def references(reading: Reading, look: Look) -> Iterator[Finding]:
    """Every row that another one names is there."""
    columns = _columns_there(reading)
    for table in Base.metadata.sorted_tables:
        for foreign_key in sorted(table.foreign_key_constraints, key=lambda one: list(one.column_keys)):
            of = foreign_key.referred_table
            here = [element.parent for element in foreign_key.elements]
            there = [element.column for element in foreign_key.elements]
            if not (_has(columns, table, [*table.primary_key, *here]) and _has(columns, of, there)):
                continue  # said by the check of values
            look()
            wanted = _naming_nothing(reading, table, of, dict(zip(here, there, strict=True)))
            for row in streamed(reading, look, wanted):
                key, value = row[: -len(here)], row[-len(here) :]
                yield Finding(
                    check="references",
                    table=table.name,
                    key=" ".join(map(str, key)),
                    message=N_("{subject}: it names “{of} {value}”, which is not there."),
                    facts={"of": of.name, "value": " ".join(map(str, value))},
                    says=dict(zip((one.name for one in here), value, strict=True)),
                )


def _naming_nothing(
    reading: Reading, table: Table, of: Table, places: Mapping[Column[Any], Column[Any]]
) -> TextClause:
    """The key of each row of ``table`` that names a row of another which is not there, and what it names, as text."""
    # Written out, for there are so many that putting them together by expressions takes most of the time in a small
    # town.
    quote = reading.connection.dialect.identifier_preparer.quote
    shown = ", ".join(
        f"CAST(one.{quote(column.name)} AS VARCHAR)" for column in (*table.primary_key, *places)
    )
    filled = " AND ".join(f"one.{quote(here.name)} IS NOT NULL" for here in places)
    same = " AND ".join(
        f"other.{quote(there.name)} = one.{quote(here.name)}" for here, there in places.items()
    )
    return text(
        f"SELECT {shown} FROM {quote(table.name)} AS one "  # noqa: S608 - own names
        f"WHERE {filled} AND NOT EXISTS (SELECT 1 FROM {quote(of.name)} AS other WHERE {same})"
    )


def conditions(reading: Reading, look: Look) -> Iterator[Finding]:
    """Every row fulfils the conditions of its table."""
    columns = _columns_there(reading)
    for table in Base.metadata.sorted_tables:
        checks = sorted(
            (str(one.name), f"NOT ({one.sqltext})")
            for one in table.constraints
            if isinstance(one, CheckConstraint)
        )
        if not checks or not _has(columns, table, table.columns):
            continue
        look()
        broken = [case((text(condition), 1), else_=0) for _name, condition in checks]
        wanted = select(*_key(table), *broken).where(or_(*(text(condition) for _name, condition in checks)))
        for row in streamed(reading, look, wanted.select_from(table)):
            key = " ".join(map(str, row[: -len(checks)]))
            for (name, _condition), is_broken in zip(checks, row[-len(checks) :], strict=True):
                if is_broken:
                    yield Finding(
                        check="conditions",
                        table=table.name,
                        key=key,
                        message=N_("{subject}: it does not fulfil the condition “{name}”."),
                        facts={"name": name},
                    )


def _key(table: Table) -> list[ColumnElement[str]]:
    return [cast(column, String) for column in table.primary_key]


def _columns_there(reading: Reading) -> dict[str, set[str]]:
    """The columns of each table that the database has."""
    return {
        table: {column["name"] for column in columns}
        for (_schema, table), columns in inspect(reading.connection).get_multi_columns().items()
    }


def _has(there: Mapping[str, set[str]], table: Table, columns: Iterable[ColumnElement[Any]]) -> bool:
    return {str(column.key) for column in columns} <= there.get(table.name, set())
