"""What is moved, copied or put in the place of something else is found and named; nothing of it is a changed value."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from muniadmin.anchors.rules import AnchorText, anchor_text, digest_of, sign_anchor
from muniadmin.app import App
from muniadmin.bootstrap import open_app
from muniadmin.documents.signing import SigningKey
from muniadmin.kernel.clock import FixedClock
from muniadmin.storage.unit_of_work import link_digest
from muniadmin.verification.commands import Finding, Verify, Witness
from tests.builders import everything
from tests.towns import TownClock
from tests.verification.long_story import tell_more
from tests.verification.owner import as_owner, one, retold
from tests.verification.story import LAST_DAY

pytestmark = [pytest.mark.slow, pytest.mark.after(tell_more, LAST_DAY)]


def found(app: App, *against: Witness) -> list[Finding]:
    """What verify finds."""
    return list(app.execute(Verify(against=against), everything(app)).outcome.findings)


def named(findings: list[Finding]) -> set[tuple[str, str, str]]:
    """Check, table and key of each."""
    return {(one.check, one.table, one.key) for one in findings}


def row_of(app: App, wanted: str, **facts: object) -> dict[str, Any]:
    """The first row that a question finds."""
    with app.database.connect_to_read() as connection:
        return dict(connection.execute(text(wanted), facts).mappings().one())


# --- events -----------------------------------------------------------------------------------------------------------


def event_at(app: App, chain: str, seq: int) -> dict[str, Any]:
    """The event at a place."""
    return row_of(app, "SELECT * FROM event WHERE chain = :chain AND chain_seq = :seq", chain=chain, seq=seq)


@pytest.mark.parametrize("sealed", [False, True], ids=["as they are", "with digests of their own"])
def test_two_events_of_two_chains_that_change_places(app: App, sealed: bool) -> None:
    places = [("desk:1", 3), ("office", 5)]
    first, second = (event_at(app, *place) for place in places)
    for event, place in ((first, ("none", 1)), (second, places[0]), (first, places[1])):
        there = {places[0]: first, places[1]: second}.get(place, first)
        digest = event["digest"]
        if sealed:
            digest = link_digest(*place, there["previous_digest"], event["canonical"])
        as_owner(
            app,
            "UPDATE event SET chain = :chain, chain_seq = :seq, previous_digest = :before, digest = :digest "
            "WHERE id = :id",
            chain=place[0],
            seq=place[1],
            before=there["previous_digest"],
            digest=digest,
            id=event["id"],
        )
    following = {("chains", "event", str(event_at(app, chain, seq + 1)["id"])) for chain, seq in places}
    themselves = {("chains", "event", str(event["id"])) for event in (first, second)}
    assert (following if sealed else themselves) <= named(found(app))


def copied_to_the_end(app: App, event: dict[str, Any], chain: str) -> int:
    """Puts the text of an event, well sealed, at the end of a chain, as if it had been carried out once more."""
    head = row_of(app, "SELECT last, digest FROM chain_head WHERE chain = :chain", chain=chain)
    new = {
        **event,
        "id": one(app, "SELECT max(id) + 1 FROM event"),
        "chain": chain,
        "chain_seq": head["last"] + 1,
        "previous_digest": head["digest"],
        "digest": link_digest(chain, head["last"] + 1, head["digest"], event["canonical"]),
    }
    names = ", ".join(new)
    values = ", ".join(f":{name}" for name in new)
    with app.database.connect_to_write() as connection:
        # With all triggers in place: they move the head and list the lines.
        connection.execute(text(f"INSERT INTO event ({names}) VALUES ({values})"), new)
        connection.commit()
    return int(new["id"])


def test_an_event_that_is_copied_into_another_chain(app: App) -> None:
    """Every row that it wrote was written by another one already."""
    written = row_of(app, "SELECT * FROM event WHERE id = (SELECT event_id FROM payment WHERE id = 2)")
    assert written["chain"] == "desk:1"
    event_id = copied_to_the_end(app, written, "office")
    findings = found(app)
    assert ("rows", "payment", "2") in named(findings)
    assert {one.event for one in findings if one.table == "payment"} == {event_id}


@pytest.mark.parametrize("other", [2, True])
def test_an_event_in_another_form(app: App, other: object) -> None:
    """With its whole chain written anew: whoever reads it might take what it says for something else."""
    event_id = one(app, "SELECT max(id) FROM event WHERE chain = 'office'")
    retold(app, event_id, lambda facts: facts.update(form=other))
    (form,) = found(app)
    assert (form.check, form.table, form.key) == ("events", "event", str(event_id))
    assert f"has the form “{other}”" in form.sentence()


# --- keys -------------------------------------------------------------------------------------------------------------


def test_anchors_signed_again_with_a_new_key(app: App) -> None:
    """The key in the settings is exchanged with them, so that every signature holds."""
    kept = Witness(name="1.txt", text=one(app, "SELECT line FROM anchor WHERE number = 1"))
    key = SigningKey.generate()
    text_of_first = anchor_text(kept.text)
    line = sign_anchor(key, AnchorText(**vars(text_of_first)))
    as_owner(
        app,
        "UPDATE anchor SET line = :line, digest = :digest WHERE number = 1",
        "UPDATE setting SET value = :value WHERE key = 'signing_key'",
        line=line,
        digest=digest_of(line),
        value=json.dumps({"pem": key.to_pem().decode()}),
    )
    findings = found(app, kept)
    assert {("rows", "anchor", "1"), ("rows", "setting", "signing_key")} <= named(findings)
    assert "anchors" not in {one.check for one in findings}  # each is as it would be
    assert [one.sentence() for one in findings if one.subject == "1.txt" and "another key" in one.sentence()]


# --- tables -----------------------------------------------------------------------------------------------------------


def as_administrator(app: App, *statements: str) -> None:
    """Changes what tables there are."""
    with app.database.rebuilding() as connection:
        if app.database.kind == "sqlite":
            connection.exec_driver_sql("PRAGMA legacy_alter_table = ON")
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()
    app.database.forget_connections()


def test_a_table_that_a_view_takes_the_place_of(app: App) -> None:
    """What it shows is what was there; what it will show is anybody's guess."""
    as_administrator(
        app,
        "ALTER TABLE document_print RENAME TO kept",
        "CREATE VIEW document_print AS SELECT * FROM kept",
    )
    assert ("values", "document_print", "") in named(found(app))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_table_of_another_kind_takes_the_place_of_ours(app: App) -> None:
    as_administrator(
        app,
        "DROP TABLE document_print",
        "CREATE VIRTUAL TABLE document_print USING fts5(id, document_id, printed_at, event_id)",
    )
    findings = found(app)
    assert ("definitions", "document_print", "") in named(findings)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_table_of_another_server_takes_the_place_of_ours(app: App) -> None:
    as_administrator(
        app,
        "CREATE EXTENSION file_fdw",
        "CREATE SERVER elsewhere FOREIGN DATA WRAPPER file_fdw",
        "ALTER TABLE document_print RENAME TO kept",
        "CREATE FOREIGN TABLE document_print (id bigint) SERVER elsewhere OPTIONS (filename '/dev/null')",
    )
    assert ("values", "document_print", "") in named(found(app))


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_copy_of_a_table_that_comes_before_ours(app: App, clock: TownClock) -> None:
    """In a schema of its own, in which the program would look first."""
    database = app.database.url.database
    as_administrator(
        app,
        "CREATE SCHEMA theirs",
        "CREATE TABLE theirs.payment AS SELECT * FROM payment",
        f'ALTER DATABASE "{database}" SET search_path = theirs, public',
    )
    again = open_app(app.database.url.render_as_string(hide_password=False), clock=FixedClock(clock.instant))
    try:
        findings = found(again)
    finally:
        again.close()
    assert {("triggers", "payment", ""), ("triggers", "receipt", "")} <= named(findings)


# --- the revision -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM alembic_version",
        "DROP TABLE alembic_version",
        "INSERT INTO alembic_version VALUES ('9999')",
        "UPDATE alembic_version SET version_num = '0000'",
    ],
)
def test_a_revision_that_is_not_the_program_s(app: App, statement: str) -> None:
    """An upgrade would begin from there; one that has the program refuse to open it is changed while it is open."""
    as_administrator(app, statement)
    assert named(found(app)) == {("definitions", "alembic_version", "")}
