"""Registering and changing taxpayers, on both engines."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from muniadmin.app import App
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.errors import InvalidInput, NotAllowed, NotFound, StaleRecord
from muniadmin.kernel.numbers import read_number
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.taxpayers.commands import (
    AddTaxableObject,
    ChangeTaxableObject,
    ChangeTaxpayer,
    EndTaxableObject,
    ObjectData,
    RegisterTaxpayer,
    TaxpayerSaved,
)
from muniadmin.taxpayers.errors import IdentifierShared, LikelyDuplicate, ObjectAlreadyRegistered, ObjectEnded
from muniadmin.taxpayers.names import TAXPAYER_NUMBER
from muniadmin.taxpayers.reads import DuplicateCandidates, Taxpayer360, TaxpayerDetail, TaxpayerHistory

Signed = Callable[[Role], Actor]
TAXI = ObjectData(kind="vehicle", attributes={"plate": "12345-A-15", "service": "small_taxi", "seats": 5})
AMINA = RegisterTaxpayer(
    name="Amina  Bennani", name_arabic="أمينة بناني", born_on=date(1971, 3, 14), phone="06 61 23 45 67",
    address="12, derb Sidi Ahmed", zone="medina", identifiers={"cin": "a 123456"}, objects=(TAXI,),
)  # fmt: skip


def registered(app: App, clerk: Actor, command: RegisterTaxpayer = AMINA) -> TaxpayerSaved:
    return app.execute(command, clerk, confirmed={LikelyDuplicate, IdentifierShared}).outcome


def detail(app: App, clerk: Actor, saved: TaxpayerSaved) -> Taxpayer360:
    return app.read(TaxpayerDetail(taxpayer_id=saved.taxpayer_id), clerk)


def as_change(known: Taxpayer360, **changes: object) -> ChangeTaxpayer:
    fields: dict[str, object] = {
        name: getattr(known, name)
        for name in (
            "taxpayer_id", "version", "kind", "status", "name", "name_arabic", "born_on", "phone", "email",
            "address", "zone", "language", "notes",
        )
    }  # fmt: skip
    fields["identifiers"] = {one.kind: one.value for one in known.identifiers}
    return ChangeTaxpayer(**(fields | changes))  # type: ignore[arg-type]


def test_a_new_taxpayer_has_a_number_for_life_and_what_was_typed_in_canonical_form(
    app: App, actor: Signed
) -> None:
    clerk = actor(Role.CLERK)
    saved = registered(app, clerk)
    assert read_number(saved.number) == (TAXPAYER_NUMBER, "C-0000001-Y")
    known = detail(app, clerk, saved)
    assert (known.name, known.phone, known.phone_shown) == (
        "Amina Bennani",
        "+212661234567",
        "06 61 23 45 67",
    )
    assert [(one.kind, one.value) for one in known.identifiers] == [("cin", "A123456")]
    assert [(one.label, one.zone, one.attributes["seats"]) for one in known.objects] == [
        ("12345-A-15", "medina", 5)
    ]
    assert known.zone_names["fr"] == "Fès-Médina"
    assert app.read(TaxpayerDetail(number=saved.number), clerk) == known
    history = app.read(TaxpayerHistory(number=saved.number), clerk)
    assert [(line.event, line.by) for line in history] == [("taxpayers:taxpayer:registered", "Test clerk")]
    assert registered(app, clerk, RegisterTaxpayer(name="Karim Tazi")).number.startswith("C-0000002-")


def test_everything_wrong_is_told_at_once_beside_its_field(
    app: App, actor: Signed, clock: FixedClock
) -> None:
    wrong = RegisterTaxpayer(
        name=" ", born_on=clock.instant.date() + timedelta(days=2), phone="12", email="amina", zone="atlantis",
        identifiers={"cin": "nothing", "rc": "45210"},
    )  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        app.execute(wrong, actor(Role.CLERK))
    assert set(refused.value.problems) == {
        "name", "born_on", "phone", "email", "zone", "identifier_cin", "identifier_rc",
    }  # fmt: skip
    bad_object = RegisterTaxpayer(name="Karim Tazi", objects=(ObjectData(kind="vehicle"),))
    with pytest.raises(InvalidInput) as refused:
        app.execute(bad_object, actor(Role.CLERK))
    assert set(refused.value.problems) == {
        "object_0_attribute_plate", "object_0_attribute_service", "object_0_attribute_seats",
    }  # fmt: skip


def test_an_arabic_name_alone_is_enough(app: App, actor: Signed) -> None:
    clerk = actor(Role.CLERK)
    known = detail(app, clerk, registered(app, clerk, RegisterTaxpayer(name_arabic="خديجة التازي")))
    assert known.name == known.name_arabic == "خديجة التازي"


def test_a_shared_identifier_is_asked_about_and_names_its_holder(app: App, actor: Signed) -> None:
    clerk = actor(Role.CLERK)
    first = registered(app, clerk)
    brother = RegisterTaxpayer(name="Youssef Tahiri", identifiers={"cin": "A123456"})
    with pytest.raises(IdentifierShared) as asked:
        app.execute(brother, clerk)
    assert first.number in asked.value.sentence()
    assert "Amina Bennani" in asked.value.sentence()
    assert app.execute(brother, clerk, confirmed={IdentifierShared}).outcome.number != first.number


def test_a_likely_duplicate_is_asked_about_with_the_reasons(app: App, actor: Signed) -> None:
    clerk = actor(Role.CLERK)
    registered(app, clerk)
    again = RegisterTaxpayer(name="BENNANI Amína", phone="+212 661 23 45 67")
    with pytest.raises(LikelyDuplicate) as asked:
        app.execute(again, clerk)
    assert "similar name, same phone" in asked.value.sentence()
    # A namesake with another date of birth is somebody else.
    app.execute(RegisterTaxpayer(name="Amina Bennani", born_on=date(1990, 1, 1)), clerk)


def test_candidates_appear_while_typing(app: App, actor: Signed) -> None:
    clerk = actor(Role.CLERK)
    saved = registered(app, clerk)

    def typed(**facts: object) -> list[tuple[int, tuple[str, ...]]]:
        rows = app.read(DuplicateCandidates(**facts), clerk)  # type: ignore[arg-type]
        return [(row.taxpayer_id, row.reasons) for row in rows]

    assert typed(name="Amina Benani") == [(saved.taxpayer_id, ("name",))]
    assert typed(name_arabic="أمينه بنانى") == [(saved.taxpayer_id, ("name",))]
    assert typed(phone="0661234567") == [(saved.taxpayer_id, ("phone",))]
    assert typed(identifiers={"cin": "A123456"}) == [(saved.taxpayer_id, ("identifier",))]
    assert typed(name="Amina Bennani", except_id=saved.taxpayer_id) == []
    assert typed(name="Abdelkader Zniber") == typed(phone="06") == typed() == []


def last_lines(app: App) -> Any:
    """The lines of the last event, and the whole of its text."""
    with app.database.connect_to_read() as connection:
        last = connection.scalar(text("SELECT canonical FROM event ORDER BY id DESC LIMIT 1"))
    return json.loads(last)["lines"], last


def test_a_change_is_audited_without_words_about_a_person(app: App, actor: Signed) -> None:
    clerk = actor(Role.CLERK)
    known = detail(app, clerk, registered(app, clerk))
    changed = app.execute(as_change(known, phone="0535 62 00 00", status="dormant", identifiers={}), clerk)
    now = detail(app, clerk, changed.outcome)
    assert (now.phone, now.status, now.identifiers) == ("+212535620000", "dormant", ())
    assert now.version > known.version
    ((_event, subject, told),), whole = last_lines(app)
    assert subject == now.number
    assert told == {
        "status": {"before": "active", "after": "dormant"},
        "fields": ["identifiers", "phone"],
    }
    assert not [word for word in ("535620000", "661234567", "A123456", "Bennani") if word in whole]


def test_a_tax_base_is_audited_with_its_value_before_and_after(app: App, actor: Signed) -> None:
    clerk = actor(Role.CLERK)
    known = detail(app, clerk, registered(app, clerk))
    taxi = known.objects[0]

    def changed(version: int, label: str, **attributes: object) -> int:
        return app.execute(
            ChangeTaxableObject(
                object_id=taxi.object_id, version=version, kind="vehicle", label=label, zone="medina",
                attributes={**taxi.attributes, **attributes},
            ),
            clerk,
        ).outcome.version  # fmt: skip

    version = changed(taxi.version, "Taxi of Amina", seats=7)
    assert last_lines(app)[0] == [
        [
            "taxpayers:object:changed",
            known.number,
            {"object": taxi.object_id, "seats": {"before": 5, "after": 7}, "fields": ["label"]},
        ]
    ]
    before = app.read(TaxpayerHistory(number=known.number), clerk)
    changed(version, "Taxi of Amina", seats=7)
    assert app.read(TaxpayerHistory(number=known.number), clerk) == before


def test_saving_without_a_change_leaves_no_trace(app: App, actor: Signed) -> None:
    clerk = actor(Role.CLERK)
    known = detail(app, clerk, registered(app, clerk))
    assert app.execute(as_change(known), clerk).outcome.version == known.version
    assert len(app.read(TaxpayerHistory(number=known.number), clerk)) == 1


def test_the_second_to_save_is_told_who_was_first(app: App, actor: Signed) -> None:
    clerk, officer = actor(Role.CLERK), actor(Role.REVENUE_OFFICER)
    known = detail(app, clerk, registered(app, clerk))
    app.execute(as_change(known, notes="called"), officer)
    with pytest.raises(StaleRecord) as refused:
        app.execute(as_change(known, notes="wrote"), clerk)
    assert "Test revenue officer" in refused.value.sentence()
    assert detail(app, clerk, TaxpayerSaved(known.taxpayer_id, "", 0)).notes == "called"


def test_objects_are_added_changed_and_ended(app: App, actor: Signed) -> None:
    clerk = actor(Role.CLERK)
    saved = registered(app, clerk)
    house = {"use": "main_home", "perimeter": "urban", "rental_value": 900_000}
    added = app.execute(
        AddTaxableObject(
            taxpayer_id=saved.taxpayer_id, kind="property", label="12, derb Sidi Ahmed", attributes=house
        ),
        clerk,
    ).outcome
    changed = app.execute(
        ChangeTaxableObject(
            object_id=added.object_id, version=added.version, kind="property", label="12, derb Sidi Ahmed",
            attributes=house | {"area": "85.5", "parcel": "T-123/F"},
        ),
        clerk,
    ).outcome  # fmt: skip
    with pytest.raises(StaleRecord):
        app.execute(
            EndTaxableObject(
                object_id=added.object_id, version=added.version, ended_on=date(2026, 11, 1), reason="sold"
            ),
            clerk,
        )
    end = EndTaxableObject(
        object_id=added.object_id, version=changed.version, ended_on=date(2026, 11, 1), reason="sold"
    )
    ended = app.execute(end, clerk).outcome
    known = detail(app, clerk, saved)
    assert [(one.kind, one.ended_on) for one in known.objects] == [
        ("vehicle", None), ("property", date(2026, 11, 1)),
    ]  # fmt: skip
    assert known.objects[1].attributes["area"] == "85.5"
    again = EndTaxableObject(
        object_id=added.object_id, version=ended.version, ended_on=date(2026, 11, 2), reason="x"
    )
    with pytest.raises(ObjectEnded):
        app.execute(again, clerk)
    vehicle = known.objects[0]
    too_early = EndTaxableObject(
        object_id=vehicle.object_id, version=vehicle.version, ended_on=date(2020, 1, 1), reason="sold"
    )
    with pytest.raises(InvalidInput) as refused:
        app.execute(too_early, clerk)
    assert set(refused.value.problems) == {"ended_on"}


def test_a_plate_is_on_the_register_once(app: App, actor: Signed) -> None:
    clerk = actor(Role.CLERK)
    first = registered(app, clerk)
    other = registered(app, clerk, RegisterTaxpayer(name="Karim Tazi"))
    again = AddTaxableObject(
        taxpayer_id=other.taxpayer_id, kind="vehicle",
        attributes={"plate": "12345 a 15", "service": "private", "seats": 5},
    )  # fmt: skip
    with pytest.raises(ObjectAlreadyRegistered) as refused:
        app.execute(again, clerk)
    assert first.number in refused.value.sentence()


def test_who_may_not_and_what_is_not_there(app: App, actor: Signed) -> None:
    with pytest.raises(NotAllowed):
        app.execute(AMINA, actor(Role.MANAGER))
    with pytest.raises(NotFound):
        app.read(TaxpayerDetail(number="C-0000009-9"), actor(Role.CLERK))
