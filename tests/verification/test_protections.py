"""A protection that is missing, weakened, moved or switched off is found and named, and what was written meanwhile."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from muniadmin.app import App
from muniadmin.storage.unit_of_work import read_unit
from muniadmin.verification import constraints, protections
from muniadmin.verification.commands import ExportToCheck, Verify
from muniadmin.verification.rows import Look
from muniadmin.verification.sql_texts import in_one_form
from tests.builders import everything
from tests.verification import owner
from tests.verification.long_story import tell_more
from tests.verification.story import LAST_DAY

OURS = (
    protections.triggers,
    protections.definitions,
    constraints.keys,
    constraints.references,
    constraints.conditions,
)


pytestmark = [pytest.mark.slow, pytest.mark.after(tell_more, LAST_DAY)]


def found(app: App) -> set[tuple[str, str, str]]:
    """Check, table and name or key of each finding about protections."""
    with read_unit(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        findings = [one for check in OURS for one in check(reading, Look(lambda: None))]
    for one in findings:
        assert one.table in one.sentence()
    return {(one.check, one.table, one.key or one.subject) for one in findings}


def carry_out(app: App, script: str) -> None:
    """As the owner of the database does; on SQLite with a connection that minds no foreign key or condition, and may
    write into the file's own table of definitions."""
    if app.database.kind == "sqlite":
        with closing(sqlite3.connect(str(app.database.url.database), isolation_level=None)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            connection.execute("PRAGMA writable_schema = ON")
            connection.executescript(script)
    else:
        with app.database.connect_to_write() as connection:
            for statement in script.split(";;"):
                connection.execute(text(statement))
            connection.commit()


def test_a_sound_town_has_all_of_them(app: App) -> None:
    report = app.execute(Verify(), everything(app)).outcome
    assert [one.sentence() for one in report.findings] == []
    looked_at = {one.check: one.rows for one in report.checked}
    assert all(looked_at[check.__name__] for check in OURS)


SQLITE: dict[str, tuple[Any, ...]] = {
    "trigger missing": (
        "DROP TRIGGER payment_no_update",
        ("triggers", "payment", "payment_no_update"),
    ),
    "trigger that never runs": (
        ("DROP TRIGGER receipt_no_delete; CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt WHEN 0 "
        "BEGIN SELECT RAISE(ABORT, 'append-only: receipt'); END"),
        ("triggers", "receipt", "receipt_no_delete"),
    ),
    "trigger on another table": (
        ("DROP TRIGGER bill_no_update; CREATE TRIGGER bill_no_update BEFORE UPDATE ON name_word "
        "BEGIN SELECT RAISE(ABORT, 'append-only: bill'); END"),
        ("triggers", "bill", "bill_no_update"),
        ("triggers", "name_word", "bill_no_update"),
    ),
    "a key that may be taken": (
        "DROP TRIGGER posting_no_replace",
        ("triggers", "posting", "posting_no_replace"),
    ),
    "trigger of somebody else": (
        "CREATE TRIGGER mine AFTER INSERT ON payment BEGIN SELECT 1; END",
        ("triggers", "payment", "mine"),
    ),
    "text of a trigger": (
        ("UPDATE sqlite_master SET sql = replace(sql, 'RAISE(ABORT, ''append-only: charge'')', '1') "
        "WHERE name = 'charge_no_delete'"),
        ("triggers", "charge", "charge_no_delete"),
    ),
    "text of a trigger that keeps totals": (
        "UPDATE sqlite_master SET sql = replace(sql, '+ NEW.amount', '+ 0') WHERE name = 'settlement_counted'",
        ("triggers", "settlement", "settlement_counted"),
    ),
    "condition": (
        "UPDATE sqlite_master SET sql = replace(sql, '(amount > 0)', '(amount > -9)') WHERE name = 'charge'",
        ("definitions", "charge", "ck_charge_amount_positive"),
    ),
    "foreign key": (
        ("UPDATE sqlite_master SET sql = replace(sql, 'FOREIGN KEY(bill_id) REFERENCES bill (id)', 'CHECK (1)') "
        "WHERE name = 'charge'"),
        ("definitions", "charge", "fk_charge_bill_id"),
    ),
    "column": (
        ("UPDATE sqlite_master SET sql = replace(sql, 'payer VARCHAR(160) NOT NULL', 'payer VARCHAR(160)') "
        "WHERE name = 'payment'"),
        ("definitions", "payment", "payer"),
    ),
    "column of somebody else behind an index of its name": (
        ("UPDATE sqlite_master SET sql = replace(sql, char(10, 9) || 'CONSTRAINT pk_payment ', "
        "char(10, 9) || 'theirs INTEGER, ' || char(10, 9) || 'CONSTRAINT pk_payment ') WHERE name = 'payment'; "
        "CREATE INDEX theirs ON payment (payer)"),
        ("definitions", "payment", "theirs"),
    ),
    "condition of somebody else behind an index of its name": (
        ("UPDATE sqlite_master SET sql = replace(sql, char(10, 9) || 'CONSTRAINT pk_payment ', "
        "char(10, 9) || 'CONSTRAINT theirs CHECK (amount <> 77), ' || char(10, 9) || 'CONSTRAINT pk_payment ') "
        "WHERE name = 'payment'; CREATE INDEX theirs ON payment (payer)"),
        ("definitions", "payment", "theirs"),
    ),
    "unique index missing": (
        "DROP INDEX uq_decision_standing",
        ("definitions", "decision", "uq_decision_standing"),
    ),
    "unique index that is none": (
        (
            "DROP INDEX uq_tariff_start; "
            "CREATE INDEX uq_tariff_start ON tariff (head_code, valid_from) WHERE NOT withdrawn"
        ),
        ("definitions", "tariff", "uq_tariff_start"),
    ),
    "rows without the one they name": (
        "DROP TRIGGER tender_no_update; UPDATE tender SET payment_id = 404 WHERE id = 2",
        ("triggers", "tender", "tender_no_update"),
        ("references", "tender", "2"),
    ),
    "rows against a condition": (
        "DROP TRIGGER charge_no_update; UPDATE charge SET against = 'x', kind = 'fee' WHERE id = 2",
        ("triggers", "charge", "charge_no_update"),
        ("conditions", "charge", "2"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("what", SQLITE)
def test_what_was_done_to_a_file_is_named(app: App, what: str) -> None:
    script, *expected = SQLITE[what]
    carry_out(app, script)
    assert found(app) == set(expected)


POSTGRESQL: dict[str, tuple[Any, ...]] = {
    "trigger missing": (
        "DROP TRIGGER payment_no_update ON payment",
        ("triggers", "payment", "payment_no_update"),
    ),
    "trigger that never runs": (
        ("DROP TRIGGER receipt_no_delete ON receipt;; CREATE TRIGGER receipt_no_delete BEFORE DELETE ON receipt "
        "FOR EACH ROW WHEN (false) EXECUTE FUNCTION muniadmin_refuse('receipt')"),
        ("triggers", "receipt", "receipt_no_delete"),
    ),
    "trigger with a weaker condition": (
        ("DROP TRIGGER fine_void_delete ON fine;; CREATE TRIGGER fine_void_delete BEFORE DELETE ON fine "
        "FOR EACH ROW WHEN (OLD.voided_at IS NOT NULL AND OLD.id < 0) EXECUTE FUNCTION muniadmin_refuse('fine')"),
        ("triggers", "fine", "fine_void_delete"),
    ),
    "trigger of one column": (
        ("DROP TRIGGER receipt_no_update ON receipt;; CREATE TRIGGER receipt_no_update BEFORE UPDATE OF seq ON receipt "
        "FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('receipt')"),
        ("triggers", "receipt", "receipt_no_update"),
    ),
    "trigger afterwards": (
        ("DROP TRIGGER receipt_no_update ON receipt;; CREATE TRIGGER receipt_no_update AFTER UPDATE ON receipt "
        "FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('receipt')"),
        ("triggers", "receipt", "receipt_no_update"),
    ),
    "trigger on another table": (
        ("DROP TRIGGER bill_no_update ON bill;; CREATE TRIGGER bill_no_update BEFORE UPDATE ON name_word "
        "FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('bill')"),
        ("triggers", "bill", "bill_no_update"),
        ("triggers", "name_word", "bill_no_update"),
    ),
    "trigger switched off": (
        "ALTER TABLE settlement DISABLE TRIGGER settlement_no_update",
        ("triggers", "settlement", "settlement_no_update"),
    ),
    "trigger on only where rows are copied": (
        "ALTER TABLE settlement ENABLE REPLICA TRIGGER settlement_no_truncate",
        ("triggers", "settlement", "settlement_no_truncate"),
    ),
    "trigger with another function": (
        ("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;; "
        "DROP TRIGGER credit_no_delete ON credit;; CREATE TRIGGER credit_no_delete BEFORE DELETE ON credit "
        "FOR EACH ROW EXECUTE FUNCTION nothing('credit')"),
        ("triggers", "credit", "credit_no_delete"),
    ),
    "function of the same name elsewhere": (
        ("CREATE SCHEMA theirs;; CREATE FUNCTION theirs.muniadmin_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN OLD; END $$;; DROP TRIGGER credit_no_delete ON credit;; CREATE TRIGGER credit_no_delete "
        "BEFORE DELETE ON credit FOR EACH ROW EXECUTE FUNCTION theirs.muniadmin_refuse('credit')"),
        ("triggers", "credit", "credit_no_delete"),
    ),
    "function that keeps nothing": (
        "CREATE OR REPLACE FUNCTION term_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        ("triggers", "term", "term_counted"),
    ),
    "function that is carried out as somebody else": (
        "ALTER FUNCTION term_counted() SECURITY DEFINER",
        ("triggers", "term", "term_counted"),
    ),
    "function with settings of its own": (
        "ALTER FUNCTION term_counted() SET search_path = theirs",
        ("triggers", "term", "term_counted"),
    ),
    "trigger of somebody else": (
        "CREATE TRIGGER mine BEFORE UPDATE ON account_now FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('any')",
        ("triggers", "account_now", "mine"),
    ),
    "trigger of somebody else that is said to be the server's own": (
        ("CREATE TRIGGER mine BEFORE UPDATE ON account_now FOR EACH ROW EXECUTE FUNCTION muniadmin_refuse('any');; "
        "UPDATE pg_trigger SET tgisinternal = true WHERE tgname = 'mine'"),
        ("triggers", "account_now", "mine"),
    ),
    "rule": (
        "CREATE RULE quietly AS ON UPDATE TO cash_session DO INSTEAD NOTHING",
        ("triggers", "cash_session", "quietly"),
    ),
    "rows hidden": (
        "ALTER TABLE receipt ENABLE ROW LEVEL SECURITY",
        ("triggers", "receipt", "row level security"),
    ),
    "rows of another table": (
        "CREATE TABLE more_postings () INHERITS (posting)",
        ("triggers", "posting", "more_postings"),
    ),
    "condition weakened": (
        ("ALTER TABLE charge DROP CONSTRAINT ck_charge_amount_positive;; "
        "ALTER TABLE charge ADD CONSTRAINT ck_charge_amount_positive CHECK (amount > -9)"),
        ("definitions", "charge", "ck_charge_amount_positive"),
    ),
    "foreign key missing": (
        "ALTER TABLE charge DROP CONSTRAINT fk_charge_bill_id",
        ("definitions", "charge", "fk_charge_bill_id"),
    ),
    "foreign key not tried": (
        ("ALTER TABLE charge DROP CONSTRAINT fk_charge_bill_id;; ALTER TABLE charge ADD CONSTRAINT fk_charge_bill_id "
        "FOREIGN KEY (bill_id) REFERENCES bill (id) NOT VALID"),
        ("definitions", "charge", "fk_charge_bill_id"),
    ),
    "foreign key that deletes": (
        ("ALTER TABLE term DROP CONSTRAINT fk_term_charge_id;; ALTER TABLE term ADD CONSTRAINT fk_term_charge_id "
        "FOREIGN KEY (charge_id) REFERENCES charge (id) ON DELETE CASCADE"),
        ("definitions", "term", "fk_term_charge_id"),
    ),
    "foreign keys switched off": (
        "ALTER TABLE provider_reference DISABLE TRIGGER ALL",
        ("definitions", "provider_reference", "fk_provider_reference_tender_id"),
    ),
    "constraint of somebody else": (
        "ALTER TABLE payment ADD CONSTRAINT theirs CHECK (amount <> 77)",
        ("definitions", "payment", "theirs"),
    ),
    "condition of somebody else behind an index of its name": (
        "ALTER TABLE payment ADD CONSTRAINT theirs CHECK (amount <> 77);; CREATE INDEX theirs ON payment (payer)",
        ("definitions", "payment", "theirs"),
    ),
    "column that may be empty": (
        "ALTER TABLE payment ALTER payer DROP NOT NULL",
        ("definitions", "payment", "payer"),
    ),
    "column of another kind": (
        "ALTER TABLE claim ALTER bill_id TYPE integer",
        ("definitions", "claim", "bill_id"),
    ),
    "column that fills itself": (
        "ALTER TABLE app_user ALTER active SET DEFAULT true",
        ("definitions", "app_user", "active"),
    ),
    "column that is compared in another way": (
        'ALTER TABLE app_user ALTER user_name TYPE varchar(40) COLLATE "C"',
        ("definitions", "app_user", "user_name"),
    ),
    "column of somebody else": (
        "ALTER TABLE payment ADD theirs bigint GENERATED ALWAYS AS (amount * 2) STORED",
        ("definitions", "payment", "theirs"),
    ),
    "unique missing": (
        "ALTER TABLE receipt DROP CONSTRAINT uq_receipt_number",
        ("definitions", "receipt", "uq_receipt_number"),
    ),
    "unique index that is none": (
        ("DROP INDEX uq_tariff_start;; "
        "CREATE INDEX uq_tariff_start ON tariff (head_code, valid_from) WHERE NOT withdrawn"),
        ("definitions", "tariff", "uq_tariff_start"),
    ),
    "index over a function": (
        ("CREATE FUNCTION theirs(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1';; "
        "CREATE INDEX slower ON payment (theirs(id))"),
        ("definitions", "payment", "slower"),
    ),
    "index of rows that a function tells": (
        ("CREATE FUNCTION theirs(bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';; "
        "CREATE INDEX slower ON payment (payer) WHERE theirs(id)"),
        ("definitions", "payment", "slower"),
    ),
    "index of the program over a function": (
        ("CREATE FUNCTION theirs(date) RETURNS date LANGUAGE sql IMMUTABLE AS 'SELECT $1';; "
        "DROP INDEX uq_tariff_start;; CREATE UNIQUE INDEX uq_tariff_start ON tariff (head_code, theirs(valid_from)) "
        "WHERE NOT withdrawn"),
        ("definitions", "tariff", "uq_tariff_start"),
    ),
    "table that a failure of the server empties": (
        "ALTER TABLE document_print SET UNLOGGED",
        ("triggers", "document_print", "document_print"),
    ),
    "operator in the place of the server's own": (
        ("CREATE FUNCTION same(varchar, varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1::text = $2';; "
        "CREATE OPERATOR = (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = same)"),
        ("triggers", "", "operator =(character varying,character varying)"),
    ),
    "function in the place of the server's own": (
        "CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '' $$",
        ("triggers", "", "function lower(character varying)"),
    ),
    "cast in the place of the server's own": (
        ("CREATE FUNCTION counted(varchar) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';; "
        "CREATE CAST (varchar AS integer) WITH FUNCTION counted(varchar) AS IMPLICIT"),
        ("triggers", "", "cast character varying integer"),
    ),
    "note that a table has no triggers": (
        "UPDATE pg_class SET relhastriggers = false WHERE relname = 'payment'",
        ("triggers", "payment", "relhastriggers"),
    ),
    "note that a table has no conditions": (
        "UPDATE pg_class SET relchecks = 0 WHERE relname = 'charge_now'",
        ("triggers", "charge_now", "relchecks"),
    ),
    "note that a table has no indexes": (
        "UPDATE pg_class SET relhasindex = false WHERE relname = 'receipt'",
        ("triggers", "receipt", "relhasindex"),
    ),
    "key whose index lets everything in": (
        "UPDATE pg_index SET indisunique = false WHERE indexrelid = 'pk_receipt'::regclass",
        ("definitions", "receipt", "pk_receipt"),
    ),
    "key whose index is said to be another's": (
        "UPDATE pg_index SET indisprimary = false WHERE indexrelid = 'pk_receipt'::regclass",
        ("definitions", "receipt", "pk_receipt"),
    ),
    "key whose index is of another column": (
        "UPDATE pg_index SET indkey = '2' WHERE indexrelid = 'pk_receipt'::regclass",
        ("definitions", "receipt", "pk_receipt"),
    ),
    "key whose index is dropped in part": (
        "UPDATE pg_index SET indislive = false WHERE indexrelid = 'uq_receipt_number'::regclass",
        ("definitions", "receipt", "uq_receipt_number"),
    ),
    "key that is looked at too late": (
        "UPDATE pg_index SET indimmediate = false WHERE indexrelid = 'uq_tariff_start'::regclass",
        ("definitions", "tariff", "uq_tariff_start"),
    ),
    "foreign key without triggers": (
        ("DELETE FROM pg_trigger WHERE tgconstraint = "
        "(SELECT oid FROM pg_constraint WHERE conname = 'fk_charge_bill_id')"),
        ("definitions", "charge", "fk_charge_bill_id"),
    ),
    "foreign key whose triggers do something else": (
        ("UPDATE pg_trigger SET tgfoid = (SELECT oid FROM pg_proc WHERE proname = 'RI_FKey_noaction_upd') "
        "WHERE tgtype = 5 AND tgconstraint = (SELECT oid FROM pg_constraint WHERE conname = 'fk_charge_bill_id')"),
        ("definitions", "charge", "fk_charge_bill_id"),
    ),
    "foreign key that compares in another way": (
        ("UPDATE pg_constraint SET conpfeqop = ARRAY['<>(bigint,bigint)'::regoperator::oid] "
        "WHERE conname = 'fk_charge_bill_id'"),
        ("definitions", "charge", "fk_charge_bill_id"),
    ),
    "function of the server in a trigger that is said to be its own": (
        ("CREATE TRIGGER mine BEFORE UPDATE ON account_now FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger();; "
        "UPDATE pg_trigger SET tgisinternal = true WHERE tgname = 'mine'"),
        ("triggers", "account_now", "mine"),
    ),
    "trigger that looks at the first letter": (
        ("DO $$ DECLARE freezing text; BEGIN SELECT regexp_replace(pg_get_triggerdef(oid), "
        "'\\((old|new)\\.head_code\\)::text', '((\\1.head_code)\\:\\:char(1))\\:\\:text', 'g') INTO freezing "
        "FROM pg_trigger WHERE tgname = 'roll_frozen_update'; "
        "DROP TRIGGER roll_frozen_update ON roll; EXECUTE freezing; END $$"),
        ("triggers", "roll", "roll_frozen_update"),
    ),
    "condition that compares letters": (
        ("ALTER TABLE charge DROP CONSTRAINT ck_charge_amount_positive;; "
        "ALTER TABLE charge ADD CONSTRAINT ck_charge_amount_positive CHECK (amount::text > 0::text)"),
        ("definitions", "charge", "ck_charge_amount_positive"),
    ),
    "operator among the server's own": (
        ("CREATE FUNCTION pg_catalog.same(varchar, varchar) RETURNS boolean LANGUAGE sql IMMUTABLE AS "
        "'SELECT $1::text = $2::text';; "
        "CREATE OPERATOR pg_catalog.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = pg_catalog.same)"),
        ("triggers", "", "function same(character varying,character varying)"),
        ("triggers", "", "operator =(character varying,character varying)"),
    ),
    "function that an operator of the server's own calls": (
        ("CREATE SCHEMA theirs;; CREATE FUNCTION theirs.before(text, text) RETURNS boolean LANGUAGE sql AS "
        "'SELECT true';; UPDATE pg_operator SET oprcode = 'theirs.before(text,text)'::regprocedure "
        "WHERE oid = '~<~(text,text)'::regoperator"),
        ("triggers", "", "function theirs.before(text,text)"),
    ),
    "function that is said to belong to a module": (
        ("CREATE EXTENSION fuzzystrmatch;; CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql IMMUTABLE AS "
        "$$ SELECT '' $$;; ALTER EXTENSION fuzzystrmatch ADD FUNCTION public.lower(varchar)"),
        ("triggers", "", "function lower(character varying)"),
    ),
    "table among the server's own": (
        ("SET LOCAL allow_system_table_mods = on;; "
        "CREATE TABLE pg_catalog.document_print AS SELECT * FROM public.document_print"),
        ("triggers", "", "table document_print"),
    ),
    "index that hides rows": (
        "DROP INDEX ix_bill_account;; CREATE INDEX ix_bill_account ON bill (account_id, id) WHERE id <> 1",
        ("definitions", "bill", "ix_bill_account"),
    ),
    "index missing": (
        "DROP INDEX ix_bill_account",
        ("definitions", "bill", "ix_bill_account"),
    ),
    "numbers that are there": (
        "SELECT setval('taxpayer_id_seq', 1, false)",
        ("definitions", "taxpayer", "taxpayer_id_seq"),
    ),
    "numbers that begin again": (
        "ALTER SEQUENCE payment_id_seq MAXVALUE 1000 CYCLE",
        ("definitions", "payment", "payment_id_seq"),
    ),
    "numbers that go backwards": (
        "ALTER SEQUENCE bill_id_seq INCREMENT -1",
        ("definitions", "bill", "bill_id_seq"),
    ),
    "numbers of nobody": (
        "ALTER SEQUENCE event_id_seq OWNED BY NONE",
        ("definitions", "event", "event_id_seq"),
    ),
    "numbers of somebody else": (
        "CREATE SEQUENCE mine OWNED BY event.id",
        ("definitions", "event", "mine"),
    ),
    "a row that is there twice": (
        ("UPDATE pg_index SET indisunique = false WHERE indexrelid = 'pk_chain_head'::regclass;; "
        "INSERT INTO chain_head SELECT chain, 1, digest FROM chain_head WHERE chain = 'office';; "
        "UPDATE pg_index SET indisunique = true WHERE indexrelid = 'pk_chain_head'::regclass"),
        ("keys", "chain_head", "office"),
    ),
    "two rows where one may be": (
        ("ALTER TABLE receipt DISABLE TRIGGER USER;; "
        "UPDATE pg_index SET indisunique = false WHERE indexrelid = 'uq_receipt_number'::regclass;; "
        "UPDATE receipt SET number = (SELECT number FROM receipt WHERE payment_id = 1) WHERE payment_id = 2;; "
        "UPDATE pg_index SET indisunique = true WHERE indexrelid = 'uq_receipt_number'::regclass;; "
        "ALTER TABLE receipt ENABLE TRIGGER USER"),
        ("keys", "receipt", "1"),
    ),
    "rows without the one they name": (
        ("ALTER TABLE tender DISABLE TRIGGER ALL;; UPDATE tender SET payment_id = 404 WHERE id = 2;; "
        "ALTER TABLE tender ENABLE TRIGGER ALL"),
        ("references", "tender", "2"),
    ),
    "rows of two columns without the one they name": (
        ("ALTER TABLE posting DISABLE TRIGGER ALL;; "
        "UPDATE posting SET bill_id = 404 WHERE (event_id, line) = (6, 1);; "
        "ALTER TABLE posting ENABLE TRIGGER ALL"),
        ("references", "posting", "6 1"),
    ),
    "rows against a condition": (
        ("ALTER TABLE charge DISABLE TRIGGER USER;; ALTER TABLE charge DROP CONSTRAINT ck_charge_kind_known;; "
        "UPDATE charge SET kind = 'fee' WHERE id = 2;; ALTER TABLE charge ENABLE TRIGGER USER"),
        ("definitions", "charge", "ck_charge_kind_known"),
        ("conditions", "charge", "2"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.parametrize("what", POSTGRESQL)
def test_what_was_done_on_a_server_is_named(app: App, what: str) -> None:
    script, *expected = POSTGRESQL[what]
    carry_out(app, script)
    assert found(app) == set(expected)


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.parametrize(
    "honest",
    [
        "ALTER INDEX ix_bill_account SET (fillfactor = 80)",
        "ALTER INDEX pk_payment SET (fillfactor = 80, deduplicate_items = off)",
        "ALTER INDEX uq_tariff_start SET (fillfactor = 70)",
        "ALTER TABLE bill SET (autovacuum_enabled = off)",
        "ALTER SEQUENCE payment_id_seq CACHE 20;; SELECT setval('payment_id_seq', 4711)",
        "CLUSTER bill USING ix_bill_account;; ANALYZE bill;; REINDEX TABLE payment",
        "CREATE STATISTICS together ON account_id, head_code FROM bill",
        "CREATE TABLE theirs (id bigint PRIMARY KEY, bill_id bigint REFERENCES bill (id) ON DELETE CASCADE)",
        "CREATE EXTENSION citext;; CREATE EXTENSION btree_gist;; CREATE EXTENSION intarray;; CREATE EXTENSION hstore",
        "DROP EXTENSION IF EXISTS pg_trgm CASCADE;; CREATE EXTENSION pg_trgm",
    ],
)
def test_what_an_administrator_may_do_is_nobody_s_business(app: App, honest: str) -> None:
    carry_out(app, honest)
    assert found(app) == set()


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_what_was_dumped_and_restored_is_what_it_was(app: App) -> None:
    """The server says what it read in other words than what it was told first."""
    carry_out(
        app,
        "DO $$ DECLARE one record; BEGIN "
        "FOR one IN SELECT conrelid::regclass AS of, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS said "
        "FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 AND connamespace = 'public'::regnamespace LOOP "
        "EXECUTE concat('ALTER TABLE ', one.of, ' DROP CONSTRAINT ', one.name, ', "
        "ADD CONSTRAINT ', one.name, ' ', one.said); "
        "END LOOP; "
        "FOR one IN SELECT tgrelid::regclass AS of, quote_ident(tgname) AS name, pg_get_triggerdef(oid) AS said "
        "FROM pg_trigger WHERE NOT tgisinternal LOOP "
        "EXECUTE concat('DROP TRIGGER ', one.name, ' ON ', one.of); EXECUTE one.said; END LOOP; "
        "FOR one IN SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS said FROM pg_index "
        "WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u')) LOOP "
        "EXECUTE concat('DROP INDEX ', one.name); EXECUTE one.said; END LOOP; END $$",
    )
    assert found(app) == set()


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_what_is_said_of_an_index_and_of_a_sequence(app: App) -> None:
    """A plain index refuses no row; of a sequence it is said what it should be."""
    carry_out(
        app,
        "DROP INDEX ix_bill_account;; CREATE INDEX ix_bill_account ON bill (account_id, id) WHERE id <> 1;; "
        "DROP INDEX ix_bill_issued;; SELECT setval('taxpayer_id_seq', 1, false);; ALTER SEQUENCE fine_id_seq CYCLE",
    )
    report = app.execute(Verify(), everything(app)).outcome
    highest = owner.one(app, "SELECT max(id) FROM taxpayer")
    assert [finding.sentence() for finding in report.findings] == [
        (
            "The index “ix_bill_account” of the table “bill” is not as the program made it: it can hide rows from "
            "whoever looks by it."
        ),
        "The index “ix_bill_issued” of the table “bill” is missing from the database: looking for rows takes longer.",
        (
            "The sequence “fine_id_seq” of the table “fine” is not as the program made it: numbers may come twice or "
            "not at all. It is “bigint INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 CYCLE” and should be “"
            "bigint INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 NO CYCLE”."
        ),
        (
            "The sequence “taxpayer_id_seq” goes on with 1, and the highest number in the table “taxpayer” is "
            f"{highest}: what is written there will be refused. It should go on with {highest + 1}."
        ),
    ]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_server_that_is_told_to_look_elsewhere_reads_the_rows_all_the_same(app: App) -> None:
    """It could believe that conditions hold, or read what an index says, which somebody filled by halves."""
    name = app.database.url.database
    broken = "NOT (settled >= 0 AND settled <= amount) OR NOT (written_off >= 0 AND written_off <= settled)"
    carry_out(
        app,
        f"CREATE INDEX theirs ON charge_now (charge_id) WHERE {broken};; "
        "UPDATE pg_index SET indisready = false WHERE indexrelid = 'theirs'::regclass;; "
        "UPDATE pg_class SET relchecks = 0 WHERE relname = 'charge_now'",
    )
    carry_out(
        app,
        "UPDATE charge_now SET settled = amount + 1 WHERE charge_id = 1;; "
        "UPDATE pg_class SET relchecks = (SELECT count(*) FROM pg_constraint WHERE conrelid = 'charge_now'::regclass "
        "AND contype = 'c') WHERE relname = 'charge_now';; "
        "UPDATE pg_index SET indisready = true WHERE indexrelid = 'theirs'::regclass;; "
        f'ALTER DATABASE "{name}" SET constraint_exclusion = on;; ALTER DATABASE "{name}" SET enable_seqscan = off',
    )
    app.database.forget_connections()
    assert ("conditions", "charge_now", "1") in found(app)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_row_that_no_index_has(app: App, tmp_path: Path) -> None:
    """Whoever is told to read by an index does not see it."""
    name = app.database.url.database
    carry_out(app, "UPDATE pg_index SET indisready = false WHERE indrelid = 'user_role'::regclass")
    carry_out(
        app,
        "INSERT INTO user_role (user_id, role) VALUES (3, 'administrator');; "
        "UPDATE pg_index SET indisready = true WHERE indrelid = 'user_role'::regclass;; "
        f'ALTER DATABASE "{name}" SET enable_seqscan = off',
    )
    app.database.forget_connections()
    report = app.execute(Verify(), everything(app)).outcome
    assert [(one.check, one.table, one.key) for one in report.findings] == [
        ("rows", "user_role", "3 administrator")
    ]
    file = tmp_path / "exported.sqlite3"
    app.execute(ExportToCheck(path=str(file)), everything(app))
    with closing(sqlite3.connect(file)) as exported:
        assert ("administrator",) in exported.execute(
            "SELECT role FROM user_role WHERE user_id = 3"
        ).fetchall()


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_server_that_runs_no_trigger_is_named(app: App) -> None:
    name = app.database.url.database
    carry_out(app, f'ALTER DATABASE "{name}" SET session_replication_role = replica')
    app.database.forget_connections()
    assert found(app) == {("triggers", "", "session_replication_role")}


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_list_of_triggers_in_the_place_of_the_server_s_own_deceives_nobody(app: App) -> None:
    name = app.database.url.database
    carry_out(
        app,
        "CREATE TABLE public.pg_trigger AS SELECT * FROM pg_catalog.pg_trigger;; "
        "ALTER TABLE receipt DISABLE TRIGGER receipt_no_update;; "
        f'ALTER DATABASE "{name}" SET search_path = public, pg_catalog',
    )
    app.database.forget_connections()
    assert found(app) == {("triggers", "receipt", "receipt_no_update")}


@pytest.mark.parametrize(
    "index", ["payment (payer)", "payment (lower(payer))", "bill (issued_on) WHERE kind = 'hand'"]
)
def test_an_index_that_somebody_added_to_be_faster_is_nobody_s_business(app: App, index: str) -> None:
    carry_out(app, f"CREATE INDEX faster ON {index}")
    assert found(app) == set()


# --- Texts of a server ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "given_back"),
    [
        ("amount > 0", "(amount > 0)"),
        (
            "kind IN ('a', 'b')",
            "((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
        ),
        (  # after it was dumped and restored
            "kind IN ('a', 'b')",
            "((kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))",
        ),
        ("(amount < 0) = (x IS NULL)", "((amount < 0) = (x IS NULL))"),
        ("a = 1 AND (b = 2 AND c = 3)", "(((a = 1) AND (b = 2)) AND (c = 3))"),
        ('CREATE INDEX i ON t ("left")', "CREATE INDEX i ON public.t (\"left\")"),
    ],
)  # fmt: skip
def test_what_means_the_same_is_the_same(ours: str, given_back: str) -> None:
    assert in_one_form(ours) == in_one_form(given_back, texts={"kind"})


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("a AND (b OR c)", "(a AND b) OR c"),
        ("NOT (a AND b)", "NOT a AND b"),
        ("a = (b OR c)", "a = b OR c"),
        ("kind IN ('a', 'b')", "kind IN ('a', 'b', 'c')"),
        ("kind = 'a'", "kind = 'A'"),
        ("amount > 0", "amount >= 0"),
        ("amount > 0", "(amount)::text > (0)::text"),
        ("kind = 'a'", "((kind)::character(1))::text = 'a'::text"),
        ("kind = 'a'", "(kind)::text = ('ab'::character(1))::text"),
        ("kind IN ('1', '2')", "((kind)::text = ANY ((ARRAY['1'::integer, '2'::integer])::text[]))"),
        ("at = '2026'", "at = '2026'::date"),
    ],
)
def test_what_means_something_else_is_not(ours: str, theirs: str) -> None:
    assert in_one_form(ours) != in_one_form(theirs, texts={"kind"})
