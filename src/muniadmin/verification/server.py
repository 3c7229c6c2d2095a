"""What only PostgreSQL can have besides triggers and definitions: what keeps triggers from running, changes what a
table shows or stands in the place of the server's own; and the sequences that give rows their numbers."""

from collections.abc import Iterator

from sqlalchemy import text

from muniadmin.kernel.i18n import N_, _
from muniadmin.storage.base import Base
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look

FOREIGN = N_(
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
_NOT_KEPT = N_("“{subject}” is not kept when the server fails (unlogged): its rows may be gone afterwards.")
_NOT_TRUE = N_(
    "What the server notes of the table “{table}” is not true (“{subject}”): its triggers, conditions or indexes may "
    "have been left out, and rows may have been changed."
)
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
_NOTES = text(
    "SELECT c.relname, note FROM pg_class c CROSS JOIN LATERAL (VALUES "
    "('relhastriggers', c.relhastriggers OR NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid)), "
    "('relhasindex', c.relhasindex OR NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid)), "
    "('relchecks', c.relchecks = "
    "(SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c')), "
    "('relnatts', c.relnatts = (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0))"
    ") AS noted (note, is_true) "
    "WHERE NOT is_true AND c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
)
# The server takes what fits the kinds of the values best, wherever it is: before its own, therefore, an operator or a
# function for just these kinds. Its own have numbers below 16384; what they call is its own, too. What belongs to a
# module of the server is its administrator's; but anything can be said to belong to one, so what has the name of the
# server's own must be for a kind of the module, or be written in C as modules are.
_LIKE_THE_SERVERS_OWN = text(
    "WITH ours AS (SELECT place::regnamespace::oid AS place FROM unnest(current_schemas(false)) AS place), "
    "called AS (SELECT oprcode::oid AS function FROM pg_operator WHERE oid < 16384 "
    "UNION SELECT castfunc FROM pg_cast WHERE oid < 16384 "
    "UNION SELECT amproc FROM pg_amproc WHERE amprocfamily < 16384 "
    "UNION SELECT oprcode FROM pg_amop JOIN pg_operator o ON o.oid = amopopr WHERE amopfamily < 16384 "
    "UNION SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend]) FROM pg_type WHERE oid < 16384 "
    "UNION SELECT unnest(ARRAY[aggtransfn, aggfinalfn]) FROM pg_aggregate WHERE aggfnoid < 16384), "
    "found AS (SELECT 'pg_operator'::regclass AS kind, o.oid, 'operator ' || o.oid::regoperator AS name, "
    "o.oprcode::oid AS function, greatest(o.oprleft, o.oprright) AS of_kind, EXISTS (SELECT 1 FROM pg_operator own "
    "WHERE own.oprname = o.oprname AND own.oid < 16384) AS is_alike FROM pg_operator o "
    "WHERE o.oid >= 16384 AND (o.oprnamespace = 'pg_catalog'::regnamespace OR o.oprnamespace IN (TABLE ours)) "
    "UNION ALL SELECT 'pg_proc'::regclass, p.oid, 'function ' || p.oid::regprocedure, p.oid, "
    "(SELECT max(one) FROM unnest(p.proargtypes) AS one), is_alike FROM pg_proc p CROSS JOIN LATERAL "
    "(SELECT EXISTS (SELECT 1 FROM pg_proc own WHERE own.proname = p.proname AND own.oid < 16384 "
    "AND own.pronamespace = 'pg_catalog'::regnamespace)) AS named (is_alike) "
    "WHERE p.oid >= 16384 AND (p.pronamespace = 'pg_catalog'::regnamespace "
    "OR (is_alike AND p.pronamespace IN (TABLE ours)) OR p.oid IN (TABLE called)) "
    "UNION ALL SELECT 'pg_proc'::regclass, p.oid, 'function ' || p.oid::regprocedure, p.oid, 0, true FROM pg_proc p "
    "JOIN pg_language l ON l.oid = p.prolang WHERE p.oid < 16384 AND p.pronamespace = 'pg_catalog'::regnamespace "
    "AND l.lanname NOT IN ('internal', 'c', 'sql') "
    "UNION ALL SELECT 'pg_cast'::regclass, k.oid, "
    "concat_ws(' ', 'cast', format_type(k.castsource, NULL), format_type(k.casttarget, NULL)), "
    "k.castfunc, greatest(k.castsource, k.casttarget), true FROM pg_cast k WHERE k.oid >= 16384 "
    "UNION ALL SELECT 'pg_class'::regclass, c.oid, 'table ' || c.oid::regclass, 0, 0, false FROM pg_class c "
    "WHERE c.oid >= 16384 AND c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind <> 'i') "
    "SELECT '', name FROM found LEFT JOIN pg_proc p ON p.oid = found.function "
    "LEFT JOIN pg_language l ON l.oid = p.prolang WHERE NOT (EXISTS (SELECT 1 FROM pg_depend m "
    "WHERE m.classid = found.kind AND m.objid = found.oid AND m.deptype = 'e') "
    "AND (NOT is_alike OR of_kind >= 16384 OR l.lanname = 'c')) ORDER BY 2"
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


def stands_in_the_way(reading: Reading) -> Iterator[Finding]:
    """What else PostgreSQL knows that keeps triggers from running or changes what a table shows."""
    for scope, message in _not_running(reading):
        yield Finding(
            check="triggers", subject="session_replication_role", message=message, facts={"scope": scope}
        )
    for question, message in (
        (_RULES, FOREIGN),
        (_HIDING, _HIDES),
        (_NOTES, _NOT_TRUE),
        (_UNLOGGED, _NOT_KEPT),
        (_LIKE_THE_SERVERS_OWN, _IN_PLACE),
        (_SUBSCRIPTIONS, _WRITES),
        (_AT_SIGN_IN, _RUNS_FIRST),
    ):
        for table, name in reading.connection.execute(question):
            yield Finding(
                check="triggers", table=table, subject=name, message=message, facts={"table": table}
            )


# --- Sequences --------------------------------------------------------------------------------------------------------

_BEHIND = N_(
    "The sequence “{subject}” goes on with {next}, and the highest number in the table “{table}” is {highest}: what is "
    "written there will be refused. It should go on with {should}."
)
AS_MADE = "bigint INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 NO CYCLE"
"""How each sequence counts; how many numbers it gives at once and where it began is nobody's business."""

# Those from which the server itself would take a number for a column.
_SEQUENCES = text(
    "SELECT t.relname, s.relname, concat_ws(' ', format_type(q.seqtypid, NULL), 'INCREMENT', q.seqincrement, "
    "'MINVALUE', q.seqmin, 'MAXVALUE', q.seqmax, CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END) "
    "FROM pg_depend d JOIN pg_class s ON s.oid = d.objid JOIN pg_sequence q ON q.seqrelid = s.oid "
    "JOIN pg_class t ON t.oid = d.refobjid WHERE d.classid = 'pg_class'::regclass "
    "AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') "
    "AND t.relnamespace = current_schema()::regnamespace"
)
_MAY_READ = text(
    "SELECT s.relname FROM pg_sequence q JOIN pg_class s ON s.oid = q.seqrelid "
    "WHERE s.relnamespace = current_schema()::regnamespace AND has_sequence_privilege(q.seqrelid, 'SELECT')"
)


def sequence_of(table: str) -> str:
    """The name of the sequence that numbers the rows of a table."""
    return f"{table}_id_seq"


def sequences(reading: Reading) -> list[tuple[str, str, str]]:
    """The table, the name and the way of counting of every sequence that belongs to a column."""
    return [(table, name, counts) for table, name, counts in reading.connection.execute(_SEQUENCES)]


def sequences_behind(reading: Reading, look: Look) -> Iterator[Finding]:
    """Sequences that would give numbers which rows have already."""
    there = {name for _table, name, _counts in sequences(reading)}
    readable = set(reading.connection.scalars(_MAY_READ))
    if not there <= readable:
        look.remark(
            _(
                "How far sequences have counted was not looked at: the server does not allow this role to read them. "
                "Its administrator allows it with: GRANT SELECT ON ALL SEQUENCES IN SCHEMA … TO …."
            )
        )
    quote = reading.connection.dialect.identifier_preparer.quote
    for table in Base.metadata.sorted_tables:
        name = sequence_of(table.name)
        if name not in there & readable:
            continue
        look()
        goes_on, highest = reading.connection.execute(
            text(
                "SELECT last_value + is_called::int, "  # noqa: S608 - own names
                f"(SELECT max(id) FROM {quote(table.name)}) FROM {quote(name)}"
            )
        ).one()
        if highest is not None and goes_on <= highest:
            yield Finding(
                check="definitions",
                table=table.name,
                subject=name,
                message=_BEHIND,
                facts={"table": table.name, "next": goes_on, "highest": highest, "should": highest + 1},
            )
