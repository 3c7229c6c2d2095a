"""Acts on both databases: drafts change, signed acts never; numbers follow one another without a gap."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from muniadmin.app import App
from muniadmin.civil_status.commands import (
    ActSaved,
    BirthData,
    ChangeBirthAct,
    CloseActRegister,
    DiscardDraft,
    OpenActRegister,
    SignAct,
)
from muniadmin.civil_status.errors import (
    ActIsSigned,
    ActUnknown,
    RegisterExists,
    RegisterHasDrafts,
    RegisterIsClosed,
    RegisterUnknown,
    SameBirthRecorded,
    YearNotOver,
)
from muniadmin.civil_status.reads import ActRegisters, Acts, OneAct
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import InvalidInput, NotAllowed, StaleRecord
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor, Command
from tests.builders import everything
from tests.civil_status.builders import a_birth, a_draft, a_signed_act, this_year_s_register

ActorWith = Callable[[Role], Actor]


@pytest.fixture
def registrar(actor: ActorWith) -> Actor:
    return actor(Role.REGISTRAR)


def changed(app: App, act_id: int, version: int, **more: Any) -> ChangeBirthAct:
    said = vars(a_birth(app, **more))
    del said["register_id"]
    return ChangeBirthAct(act_id=act_id, version=version, **said)


def test_a_new_town_has_the_register_of_its_year(app: App, registrar: Actor) -> None:
    (register,) = app.read(ActRegisters(), registrar)
    assert (register.kind, register.year, register.signed, register.drafts) == ("birth", 2026, 0, 0)
    assert register.office_names["fr"] == "Bureau central"


def test_a_draft_is_found_changed_and_signed(app: App, registrar: Actor) -> None:
    draft = a_draft(app, registrar)
    found = app.read(OneAct(act_id=draft.act_id), registrar)
    assert found.row.state == "draft"
    assert found.row.reference == ""
    assert found.says.born_at == "04:35"
    saved = app.execute(
        changed(app, draft.act_id, draft.version, child_given_names="  Yasmina   Lina "), registrar
    ).outcome
    assert app.read(OneAct(act_id=draft.act_id), registrar).row.name == "BENNANI Yasmina Lina"
    signed = app.execute(SignAct(act_id=draft.act_id, version=saved.version), registrar).outcome
    found = app.read(OneAct(act_id=draft.act_id), registrar)
    assert (signed.seq, found.row.reference, found.row.state) == (1, "1/2026", "signed")
    assert found.registrar == registrar.name
    assert found.digest == signed.digest


def test_a_signed_act_can_be_neither_changed_nor_discarded_nor_signed_again(
    app: App, registrar: Actor
) -> None:
    signed = a_signed_act(app, registrar)
    version = app.read(OneAct(act_id=signed.act_id), registrar).row.version
    commands: tuple[Command[Any], ...] = (
        changed(app, signed.act_id, version),
        DiscardDraft(act_id=signed.act_id, version=version),
        SignAct(act_id=signed.act_id, version=version),
    )
    for command in commands:
        with pytest.raises(ActIsSigned) as refused:
            app.execute(command, registrar)
        assert "1/2026" in refused.value.sentence()


COLUMNS = [
    "child_family_name = 'X'", "born_on = '2020-01-01'", "sex = 'M'", "seq = 99", "signed_by_id = NULL",
    "registrar = 'X'", "drafted_by_id = NULL",
    "signed_at = NULL, seq = NULL", "mother_given_names = 'X'", "birthplace_arabic = 'X'",
    "register_id = register_id + 1",
]  # fmt: skip


@pytest.mark.parametrize("change", COLUMNS)
def test_the_database_itself_refuses_to_change_a_signed_act(app: App, registrar: Actor, change: str) -> None:
    signed = a_signed_act(app, registrar)
    draft = a_draft(app, registrar, child_given_names="Lina")
    with app.database.connect_to_write() as connection:
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(f"UPDATE act SET {change} WHERE id = {signed.act_id}"))
        connection.rollback()
    with app.database.connect_to_write() as connection:
        connection.execute(text(f"UPDATE act SET child_family_name = 'X' WHERE id = {draft.act_id}"))
        connection.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM act WHERE signed_at IS NOT NULL",
        "DELETE FROM signed_act",
        "UPDATE signed_act SET canonical = 'x'",
        "UPDATE act_register SET year = 1999",
        "UPDATE act_register SET opened_by_id = (SELECT min(id) FROM app_user)",
        "DELETE FROM act_register",
    ],
)
def test_the_database_itself_refuses_to_lose_an_act(app: App, registrar: Actor, statement: str) -> None:
    a_signed_act(app, registrar)
    with app.database.connect_to_write() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


def test_two_registrars_one_draft_the_second_is_told(app: App, registrar: Actor) -> None:
    draft = a_draft(app, registrar)
    app.execute(changed(app, draft.act_id, draft.version, child_given_names="Lina"), registrar)
    commands: tuple[Command[Any], ...] = (
        changed(app, draft.act_id, draft.version, child_given_names="Sara"),
        SignAct(act_id=draft.act_id, version=draft.version),
        DiscardDraft(act_id=draft.act_id, version=draft.version),
    )
    for command in commands:
        with pytest.raises(StaleRecord):
            app.execute(command, registrar)
    assert app.read(OneAct(act_id=draft.act_id), registrar).says.child_given_names == "Lina"


def numbers(app: App) -> list[int]:
    with app.database.connect_to_read() as connection:
        return list(connection.scalars(text("SELECT seq FROM act WHERE signed_at IS NOT NULL ORDER BY seq")))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(choices=st.lists(st.sampled_from(["draft", "sign", "discard", "fail"]), min_size=3, max_size=12))
def test_whatever_is_drafted_and_discarded_numbers_have_no_gap(
    app: App, registrar: Actor, choices: list[str]
) -> None:
    drafts: list[ActSaved] = []
    for index, choice in enumerate(choices):
        if choice == "draft" or not drafts:
            drafts.append(
                a_draft(app, registrar, confirmed={SameBirthRecorded}, child_given_names=f"Child {index}")
            )
        elif choice == "sign":
            draft = drafts.pop(0)
            app.execute(SignAct(act_id=draft.act_id, version=draft.version), registrar)
        elif choice == "discard":
            draft = drafts.pop()
            app.execute(DiscardDraft(act_id=draft.act_id, version=draft.version), registrar)
        else:
            with pytest.raises(StaleRecord):
                app.execute(SignAct(act_id=drafts[0].act_id, version=99), registrar)
    found = numbers(app)
    assert found == list(range(1, len(found) + 1))


def test_two_desks_signing_at_once_take_following_numbers(app: App, registrar: Actor) -> None:
    drafts = [
        a_draft(app, registrar, confirmed={SameBirthRecorded}, child_given_names=f"Child {n}")
        for n in range(8)
    ]

    def sign(draft_id: int) -> int:
        return app.execute(SignAct(act_id=draft_id, version=1), registrar).outcome.seq

    with ThreadPoolExecutor(4) as desks:
        assert sorted(desks.map(sign, [draft.act_id for draft in drafts])) == list(range(1, 9))
    assert numbers(app) == list(range(1, 9))


def test_the_acts_of_a_register_are_chained_and_each_digest_recomputes(app: App, registrar: Actor) -> None:
    signed = [
        a_signed_act(app, registrar, child_given_names=name) for name in ("Yasmine", "Adam", "Élodie", "Ngọc")
    ]
    with app.database.connect_to_read() as connection:
        rows = connection.execute(
            text(
                "SELECT chain, chain_seq, canonical, previous_digest, digest FROM signed_act ORDER BY chain_seq"
            )
        ).all()
    previous = "0" * 64
    for row, act in zip(rows, signed, strict=True):
        assert row.previous_digest == previous
        previous = hashlib.sha256(
            f"{row.chain}\n{row.chain_seq}\n{previous}\n{row.canonical}".encode()
        ).hexdigest()
        assert row.digest == previous == act.digest
        assert row.chain_seq == act.seq


# --- what may not be written ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"child_family_name": "  "}, "child_family_name", "required"),
        ({"child_given_names_arabic": ""}, "child_given_names_arabic", "required"),
        ({"birthplace": ""}, "birthplace", "required"),
        ({"sex": "X"}, "sex", "not one of the choices"),
        ({"sex": ""}, "sex", "required"),
        ({"declarant_kind": "neighbour"}, "declarant_kind", "not one of the choices"),
        ({"born_at": "half past four"}, "born_at", "not a time of day"),
        ({"born_on": date(2026, 12, 24)}, "born_on", "in the future"),
        ({"declared_on": date(2026, 3, 1)}, "declared_on", "before it happened"),
        (
            {"born_on": date(2025, 12, 30), "declared_on": date(2025, 12, 31)},
            "declared_on",
            "declared in 2026",
        ),
        ({"mother_born_on": date(2026, 3, 14)}, "mother_born_on", "before it happened"),
        ({"child_family_name": "X" * 81}, "child_family_name", "too long"),
        ({"declarant": "X" * 121}, "declarant", "too long"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_nothing_is_written(
    app: App, registrar: Actor, wrong: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        a_draft(app, registrar, **wrong)
    assert list(refused.value.problems) == [field]
    assert sentence in refused.value.problems[field].sentence()
    assert app.read(Acts(), registrar).count == 0


def test_an_act_names_a_parent(app: App, registrar: Actor) -> None:
    nobody: dict[str, Any] = {
        f"{parent}_{part}": "" for parent in ("father", "mother") for part in ("family_name", "given_names")
    }
    with pytest.raises(InvalidInput) as refused:
        a_draft(app, registrar, **nobody)
    assert "mother_family_name" in refused.value.problems
    assert a_draft(app, registrar, **(nobody | {"mother_given_names": "Fatima"})).version == 1


def test_the_same_birth_twice_is_asked_about(app: App, registrar: Actor) -> None:
    a_signed_act(app, registrar)
    with pytest.raises(SameBirthRecorded) as asked:
        a_draft(app, registrar, child_family_name="Bennani")
    assert "1/2026" in asked.value.sentence()
    twin = a_draft(app, registrar, confirmed={SameBirthRecorded})
    assert app.read(OneAct(act_id=twin.act_id), registrar).row.state == "draft"


def test_clerks_neither_record_nor_sign(app: App, actor: ActorWith, registrar: Actor) -> None:
    clerk = actor(Role.CLERK)
    with pytest.raises(NotAllowed):
        a_draft(app, clerk)
    draft = a_draft(app, registrar)
    with pytest.raises(NotAllowed):
        app.execute(SignAct(act_id=draft.act_id, version=draft.version), clerk)
    assert app.read(Acts(), clerk).drafts == 1


def test_what_does_not_exist_is_said_so(app: App, registrar: Actor) -> None:
    with pytest.raises(ActUnknown):
        app.read(OneAct(act_id=404), registrar)
    with pytest.raises(ActUnknown):
        app.execute(SignAct(act_id=404, version=1), registrar)
    with pytest.raises(RegisterUnknown):
        a_draft(app, registrar, register_id=404)
    with pytest.raises(RegisterUnknown):
        app.execute(CloseActRegister(register_id=404), registrar)


# --- registers -----------------------------------------------------------------------------------------------------


def test_a_register_is_closed_when_its_year_is_over_and_everything_is_signed(
    app: App, registrar: Actor, clock: FixedClock
) -> None:
    register_id = this_year_s_register(app)
    a_signed_act(app, registrar)
    draft = a_draft(app, registrar, child_given_names="Lina")
    with pytest.raises(YearNotOver):
        app.execute(CloseActRegister(register_id=register_id), registrar)
    clock.instant = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
    with pytest.raises(RegisterHasDrafts) as refused:
        app.execute(CloseActRegister(register_id=register_id), registrar)
    assert "not signed yet: 1." in refused.value.sentence()
    app.execute(DiscardDraft(act_id=draft.act_id, version=draft.version), registrar)
    assert app.execute(CloseActRegister(register_id=register_id), registrar).outcome.count == 1
    with pytest.raises(RegisterIsClosed):
        app.execute(CloseActRegister(register_id=register_id), registrar)
    with pytest.raises(RegisterIsClosed):
        a_draft(app, registrar, register_id=register_id, child_given_names="Sara")
    (closed,) = app.read(ActRegisters(), registrar)
    assert closed.closed_at is not None
    assert app.read(ActRegisters(open_only=True), registrar) == []


def test_a_year_and_an_office_have_one_register(app: App, registrar: Actor) -> None:
    with pytest.raises(RegisterExists):
        app.execute(OpenActRegister(year=2026), registrar)
    old = app.execute(OpenActRegister(year=1956), registrar).outcome
    agdal = app.execute(
        OpenActRegister(year=2026, office="agdal", office_names={"fr": "Agdal"}), registrar
    ).outcome
    assert {row.register_id for row in app.read(ActRegisters(), registrar)} >= {
        old.register_id,
        agdal.register_id,
    }
    for wrong in (OpenActRegister(year=2027), OpenActRegister(year=2026, office=" ")):
        with pytest.raises(InvalidInput):
            app.execute(wrong, registrar)


def test_each_register_has_numbers_and_a_chain_of_its_own(app: App, registrar: Actor) -> None:
    other = app.execute(OpenActRegister(year=2026, office="agdal"), registrar).outcome.register_id
    assert a_signed_act(app, registrar).seq == 1
    assert a_signed_act(app, registrar, register_id=other, child_given_names="Adam").seq == 1
    assert a_signed_act(app, registrar, child_given_names="Lina").seq == 2


# --- finding -------------------------------------------------------------------------------------------------------


def test_an_act_is_found_by_any_name_on_it_a_year_or_its_number(app: App, registrar: Actor) -> None:
    a_signed_act(app, registrar)
    a_signed_act(
        app, registrar, child_given_names="Adam", child_given_names_arabic="آدم", child_family_name="TAZI",
        born_on=date(2026, 5, 1), declared_on=date(2026, 5, 3), mother_family_name="IDRISSI",
    )  # fmt: skip
    a_draft(
        app,
        registrar,
        child_given_names="Élodie",
        child_given_names_arabic="إيلودي",
        born_on=date(2026, 6, 1),
        declared_on=date(2026, 6, 2),
    )

    def found(typed: str, **more: Any) -> list[str]:
        query = replace(Acts(text=typed), **more)
        return [row.name for row in app.read(query, registrar).rows]

    assert found("yasmine") == ["BENNANI Yasmine"]
    assert found("BENNANI yasm 2026") == ["BENNANI Yasmine"]
    assert found("idrissi") == ["TAZI Adam"]
    assert found("ياسمين") == ["BENNANI Yasmine"]
    assert found("2/2026") == ["TAZI Adam"]
    assert found("elodie") == ["BENNANI Élodie"]
    assert found("yasmine 1999") == []
    assert found("100%") == []
    assert found("", state="draft") == ["BENNANI Élodie"]
    assert found("") == ["BENNANI Élodie", "TAZI Adam", "BENNANI Yasmine"]
    assert found("", sort="name") == ["BENNANI Élodie", "BENNANI Yasmine", "TAZI Adam"]
    assert found("", sort="born", descending=True) == ["BENNANI Élodie", "TAZI Adam", "BENNANI Yasmine"]
    assert found("", limit=1, offset=1) == ["TAZI Adam"]
    page = app.read(Acts(), registrar)
    assert (page.count, page.drafts) == (3, 1)


def test_everything_that_happens_to_an_act_is_in_the_audit_log(app: App, registrar: Actor) -> None:
    draft = a_draft(app, registrar)
    saved = app.execute(changed(app, draft.act_id, draft.version, birthplace="Fès"), registrar).outcome
    app.execute(SignAct(act_id=draft.act_id, version=saved.version), registrar)
    with app.database.connect_to_read() as connection:
        events = list(
            connection.scalars(
                text("SELECT name FROM event_line WHERE name LIKE 'civil_status:%' ORDER BY event_id, line")
            )
        )
    assert events == ["civil_status:act:drafted", "civil_status:act:changed", "civil_status:act:signed"]


def test_what_an_act_says_is_what_was_typed(app: App, registrar: Actor) -> None:
    command = a_birth(app)
    draft = app.execute(command, everything(app)).outcome
    said = app.read(OneAct(act_id=draft.act_id), registrar).says
    expected = {name: value for name, value in vars(command).items() if name != "register_id"}
    assert said == BirthData(**(expected | {"born_at": "04:35"}))
