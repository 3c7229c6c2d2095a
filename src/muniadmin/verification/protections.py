"""Checks of what protects rows in the database itself: triggers, keys and conditions as a new database of this program
has them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import String, inspect, text
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateIndex

from muniadmin.kernel.i18n import N_
from muniadmin.storage.base import EXTRA_DDL, PROTECTIONS, REFUSE_FUNCTION, Base
from muniadmin.storage.migrations.head import HEAD
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification import server
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look
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
        yield from server.stands_in_the_way(reading)


def _what_is_wrong(one: _Name, found: str | None, *, known: bool) -> str:
    if not known:
        return server.FOREIGN
    if one.name not in PROTECTIONS:
        return _KEEPS_NOTHING
    if found is None:
        return _MISSING
    return _OFF if found == _OFF_TEXT else _CHANGED


_TRIGGERS = text(
    "SELECT c.relname, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid), p.prosrc, "
    # A function that is carried out as somebody else, with other settings or in another language is not ours.
    "l.lanname = 'plpgsql' AND NOT p.prosecdef AND p.proconfig IS NULL AND EXISTS (SELECT 1 FROM pg_proc h "
    "WHERE h.oid = l.lanplcallfoid AND h.probin = '$libdir/plpgsql' AND h.prosrc = 'plpgsql_call_handler'), "
    "current_schema() "
    "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
    "JOIN pg_language l ON l.oid = p.prolang "
    # Those that carry out foreign keys are the server's own; who owns the server can say of any that it is internal.
    "WHERE NOT (t.tgisinternal AND p.oid < 16384 AND p.proname LIKE 'RI\\_FKey\\_%' "
    "AND EXISTS (SELECT 1 FROM pg_constraint k WHERE k.oid = t.tgconstraint AND k.contype = 'f')) "
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
            texts[_Name(table, name)] = _trigger_text(table, sql, functions[function].split("$$")[1])
    return texts


def _triggers_present(reading: Reading) -> _Texts:
    texts = {}
    for table, name, enabled, sql, body, is_plain, schema in reading.connection.execute(_TRIGGERS):
        if enabled not in ("O", "A"):  # for everybody, or even where rows are copied from another server
            texts[_Name(table, name)] = _OFF_TEXT
        else:
            texts[_Name(table, name)] = _trigger_text(table, sql, body if is_plain else None, schema=schema)
    return texts


def _trigger_text(table: str, sql: str, body: str | None, *, schema: str = "public") -> str:
    return f"{_in_one_form(table, sql, schema=schema)} {body}"


def _in_one_form(table: str, sql: str, *, schema: str = "public") -> str:
    columns = Base.metadata.tables[table].columns if table in Base.metadata.tables else ()
    return in_one_form(
        sql, schema=schema, texts={one.name for one in columns if isinstance(one.type, String)}
    )


# --- Keys and conditions ----------------------------------------------------------------------------------------------

_NOT_THERE = N_(
    "“{subject}” of the table “{table}” is missing from the database: rows may be there that it refuses."
)
_NOT_AS_MADE = N_(
    "“{subject}” of the table “{table}” is not as the program made it: rows may be there that it refuses."
)
_NOT_OURS = N_("“{subject}” of the table “{table}” is not the program’s.")
_INDEX_NOT_THERE = N_(
    "The index “{subject}” of the table “{table}” is missing from the database: looking for rows takes longer."
)
_INDEX_NOT_AS_MADE = N_(
    "The index “{subject}” of the table “{table}” is not as the program made it: it can hide rows from whoever looks "
    "by it."
)
_SEQUENCE_NOT_THERE = N_(
    "The sequence “{subject}” is missing from the database, or does not belong to the table “{table}”: new rows get no "
    "number from it. It should be: {written}."
)
_SEQUENCE_NOT_AS_MADE = N_(
    "The sequence “{subject}” of the table “{table}” is not as the program made it: numbers may come twice or not at "
    "all. It is “{found}” and should be “{written}”."
)
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
        missing, changed = _how_it_is_said(one)
        yield Finding(
            check="definitions",
            table=one.table,
            subject=one.name,
            message=_NOT_OURS if one not in written else missing if found is None else changed,
            facts={"table": one.table, "found": found, "written": written.get(one)},
        )
    if reading.connection.dialect.name != "sqlite":
        yield from server.sequences_behind(reading, look)


def _how_it_is_said(one: _Name) -> tuple[str, str]:
    """That it is missing, and that it is not as it was made."""
    table = Base.metadata.tables[one.table]
    if one.name == server.sequence_of(one.table):
        return _SEQUENCE_NOT_THERE, _SEQUENCE_NOT_AS_MADE
    if one.name in {index.name for index in table.indexes if not index.unique}:
        return _INDEX_NOT_THERE, _INDEX_NOT_AS_MADE
    return _NOT_THERE, _NOT_AS_MADE


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


# The text of a constraint says itself that it was not tried on the rows that were there. It does not say whether what
# carries it out is at work: the index of a key, the four triggers of a foreign key and the operators it compares by.
_ALL_CONSTRAINTS = text(
    "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) "
    "|| CASE WHEN k.contype = 'f' AND ((SELECT count(DISTINCT p.proname) FROM pg_trigger t "
    "JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgconstraint = k.oid AND t.tgenabled IN ('O', 'A') "
    "AND t.tgqual IS NULL AND t.tgattr = '' AND (t.tgdeferrable, t.tginitdeferred) = (k.condeferrable, k.condeferred) "
    "AND p.oid < 16384 AND p.pronamespace = 'pg_catalog'::regnamespace "
    "AND (p.proname, t.tgtype, t.tgrelid, t.tgconstrrelid) IN "
    "(('RI_FKey_check_ins', 5, k.conrelid, k.confrelid), ('RI_FKey_check_upd', 17, k.conrelid, k.confrelid), "
    "('RI_FKey_noaction_del', 9, k.confrelid, k.conrelid), ('RI_FKey_noaction_upd', 17, k.confrelid, k.conrelid))) "
    "<> 4 OR EXISTS (SELECT 1 FROM unnest(k.conpfeqop || k.conppeqop || k.conffeqop) AS one "
    "LEFT JOIN pg_operator o ON o.oid = one WHERE o.oprname IS DISTINCT FROM '=' OR one >= 16384)) "
    "THEN ' OFF' ELSE '' END "
    "|| CASE WHEN k.contype IN ('p', 'u') AND NOT EXISTS (SELECT 1 FROM pg_index i JOIN pg_class n "
    "ON n.oid = i.indexrelid JOIN pg_am a ON a.oid = n.relam WHERE n.oid = k.conindid AND i.indrelid = k.conrelid "
    "AND a.amname = 'btree' AND i.indisunique AND i.indisprimary = (k.contype = 'p') AND NOT i.indisexclusion "
    "AND i.indimmediate <> k.condeferrable AND i.indislive AND i.indisready AND i.indisvalid AND i.indpred IS NULL "
    "AND i.indkey::text = array_to_string(k.conkey, ' ') AND 16384 > ALL (i.indclass::oid[])) "
    "THEN ' INVALID' ELSE '' END, "
    "current_schema() "
    "FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
    "WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND c.relnamespace = current_schema()::regnamespace"
)
# Of what an index needs the server notes functions, operators and kinds that are not its own; those of its modules are
# its administrator's.
_ALL_INDEXES = text(
    "SELECT c.relname, n.relname, pg_get_indexdef(n.oid) || "
    "CASE WHEN i.indislive AND i.indisvalid AND i.indisready AND i.indimmediate AND NOT i.indisexclusion THEN '' "
    "ELSE ' INVALID' END, current_schema(), EXISTS (SELECT 1 FROM unnest(i.indclass) AS one WHERE one >= 16384 "
    "AND NOT EXISTS (SELECT 1 FROM pg_depend m WHERE m.classid = 'pg_opclass'::regclass AND m.objid = one "
    "AND m.deptype = 'e')) OR EXISTS (SELECT 1 FROM pg_depend d "
    "WHERE d.classid = 'pg_class'::regclass AND d.objid = n.oid AND d.refclassid NOT IN "
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


# How full its pages are, for example.
_STORED = re.compile(r" WITH \((?:\w+='[^']*'(?:, )?)+\)(?= WHERE |$)")


def _constraints_written(reading: Reading) -> _Texts:
    dialect = reading.connection.dialect
    texts = {}
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            adding = str(AddConstraint(constraint, isolate_from_table=False).compile(dialect=dialect))
            name, definition = adding.partition(" ADD CONSTRAINT ")[2].split(" ", 1)
            texts[_Name(table.name, name.strip('"'))] = in_one_form(definition)
        for index in table.indexes:
            created = str(CreateIndex(index).compile(dialect=dialect))
            texts[_Name(table.name, str(index.name))] = in_one_form(created)
        for column in table.columns:
            numbered = f"bigint DEFAULT nextval('{table.name}_{column.name}_seq')"
            _name, sql = str(CreateColumn(column).compile(dialect=dialect)).split(" ", 1)
            sql = sql.replace("BIGSERIAL", numbered).replace("VARCHAR", "character varying")
            texts[_Name(table.name, column.name)] = in_one_form(sql)
        if table.autoincrement_column is not None:
            texts[_Name(table.name, server.sequence_of(table.name))] = server.AS_MADE
    return texts


def _constraints_present(reading: Reading) -> _Texts:
    # What bears one name is read together: an index is nobody's business, but must not hide a condition of its name.
    texts: dict[_Name, str] = defaultdict(str)
    for table, name, sql in reading.connection.execute(_ALL_COLUMNS):
        # A kind or collation of ours is the server's own: in the program's schema there is none.
        texts[_Name(table, name)] += _in_one_form(table, sql, schema="")
    for table, name, sql, schema in reading.connection.execute(_ALL_CONSTRAINTS):
        texts[_Name(table, name)] += _in_one_form(table, sql, schema=schema)
    for table, name, sql, schema, runs_others in reading.connection.execute(_ALL_INDEXES):
        plain = _STORED.sub("", sql.replace(" USING btree", ""))
        texts[_Name(table, name)] += _in_one_form(table, plain, schema=schema)
        texts[_Name(table, name)] += _RUNS_OTHERS if runs_others else ""
    for table, name, counts in server.sequences(reading):
        texts[_Name(table, name)] += counts
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
