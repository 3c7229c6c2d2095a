"""The one box finds taxpayers, on both engines."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from muniadmin.app import App
from muniadmin.bootstrap import system_actor
from muniadmin.kernel.folding import fold
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.bulk import bulk_insert, reserve_ids
from muniadmin.storage.unit_of_work import unit_of_work
from muniadmin.taxpayers.commands import ChangeTaxpayer, ObjectData, RegisterTaxpayer
from muniadmin.taxpayers.errors import LikelyDuplicate
from muniadmin.taxpayers.index import _INSIDE
from muniadmin.taxpayers.models import Taxpayer
from muniadmin.taxpayers.reads import SearchTaxpayers
from muniadmin.taxpayers.rules import search_text
from muniadmin.taxpayers.search import fill_search

Signed = Callable[[Role], Actor]
Found = Callable[[str], list[tuple[str, str]]]

PEOPLE = (
    RegisterTaxpayer(
        name="Amina Bennani", name_arabic="أمينة بناني", phone="0661234567", address="12, derb Sidi Ahmed",
        identifiers={"cin": "A123456"},
        objects=(
            ObjectData(kind="vehicle", attributes={"plate": "12345-A-15", "service": "private", "seats": 5}),
        ),
    ),
    RegisterTaxpayer(name="Éloïse Le Gœuff", address="7, rue Amina"),
    RegisterTaxpayer(name="Youssef El-Fassi"),
    RegisterTaxpayer(kind="organisation", name="Société Riad Zitoun SARL", identifiers={"ice": "001561191000066"}),
    RegisterTaxpayer(name="Mohamed Benjelloun"),
)  # fmt: skip


@pytest.fixture
def found(app: App, actor: Signed) -> Callable[[str], list[tuple[str, str]]]:
    clerk = actor(Role.CLERK)
    for person in PEOPLE:
        app.execute(person, clerk, confirmed={LikelyDuplicate})

    def search(typed: str) -> list[tuple[str, str]]:
        return [(hit.name, hit.why) for hit in app.read(SearchTaxpayers(text=typed), clerk)]

    return search


AMINA = {
    "number": ["C-0000001-Y", "c0000001y", "C-000000"],
    "phone": ["0661234567", "06 61 23 45 67", "+212 661-234567"],
    "identifier": ["A123456", "a 123456"],
    "object": ["12345-A-15", "12345a15", "12345 A 15"],
    "other": ["12345 A", "derb sidi", "enna"],
    "name": ["amina", "AMINA BENNANI", "bennani amina", "ben am", "am", "أمينة", "امينه بنانى"],
    "similar": ["bennanni", "amina benani", "bnenani"],
}
OTHERS = {
    "Éloïse Le Gœuff": ["eloise le goeuff", "goeuff", "goeuf"],
    "Youssef El-Fassi": ["el fassi youssef", "fassi"],
    "Société Riad Zitoun SARL": ["zitoun", "001561191000066", "societe zit"],
    "Mohamed Benjelloun": ["benjelun", "mohamed benjelloun", "muhammed benjelloun"],
}


def test_a_taxpayer_is_found_by_whatever_is_known(found: Found) -> None:
    missed = {
        (typed, why): found(typed)
        for why, ways in AMINA.items()
        for typed in ways
        if found(typed)[:1] != [("Amina Bennani", why)]
    }
    assert not missed


def test_a_plate_finds_its_owner_and_nobody_else(app: App, actor: Signed, found: Found) -> None:
    """Not whoever has its figures inside a number or a telephone, nor a plate that is like it."""
    vehicle = ObjectData(kind="vehicle", attributes={"plate": "01230-A-61", "service": "private", "seats": 5})
    other = RegisterTaxpayer(name="Bouchra 61", phone="0612301236", objects=(vehicle,))
    app.execute(other, actor(Role.CLERK), confirmed={LikelyDuplicate})
    assert found("01230-A-61") == [("Bouchra 61", "object")]
    assert found("01230-B-6") == found("01230 b 6") == found("1230-A-6") == []


def test_names_are_found_without_accents_in_any_order_and_with_a_slip(found: Found) -> None:
    missed = {
        (typed, name): found(typed)
        for name, ways in OTHERS.items()
        for typed in ways
        if name not in [one for one, _why in found(typed)]
    }
    assert not missed


def test_names_come_before_streets_of_the_same_word(found: Found) -> None:
    assert found("amina") == [("Amina Bennani", "name"), ("Éloïse Le Gœuff", "other")]


def test_nothing_is_found_and_nothing_breaks(found: Found) -> None:
    for typed in (
        "",
        "  ",
        "%",
        "_",
        "'",
        '"',
        "zzzz",
        "C-0000001-5",
        'xx" OR "amina',
        "xqzwvk",
        "a" * 200,
    ):
        assert found(typed) == [], typed


def test_a_changed_name_is_found_and_the_old_one_is_not(app: App, actor: Signed, found: Found) -> None:
    clerk = actor(Role.CLERK)
    hit = app.read(SearchTaxpayers(text="Benjelloun"), clerk)[0]
    app.execute(ChangeTaxpayer(taxpayer_id=hit.taxpayer_id, version=1, name="Mohamed Zniber"), clerk)
    assert found("benjelloun") == []
    assert found("znibr") == [("Mohamed Zniber", "similar")]


def test_rows_that_came_in_bulk_are_found_too(app: App, actor: Signed) -> None:
    names = ["Karima Ouazzani", "Driss Lahlou", "Nadia Cherkaoui"]
    with unit_of_work(
        app.database, actor=system_actor("test"), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        ids = reserve_ids(uow, Taxpayer, len(names))
        bulk_insert(
            uow,
            Taxpayer,
            (
                {
                    "id": key, "number": f"C-{key:07d}-0", "kind": "person", "name": name, "sort_name": fold(name),
                    "search_text": search_text(names=[name], number=f"C-{key:07d}-0"), "registered_at": uow.now,
                }
                for key, name in zip(ids, names, strict=True)
            ),
        )  # fmt: skip
        fill_search(uow.connection)
    clerk = actor(Role.CLERK)
    for typed, name in (("ouazzani", names[0]), ("lahlou driss", names[1]), ("cherkoui", names[2])):
        assert [hit.name for hit in app.read(SearchTaxpayers(text=typed), clerk)] == [name]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_postgresql_without_the_extension_finds_words_by_their_beginnings(
    app: App, actor: Signed, found: Found
) -> None:
    with app.database.writers.begin() as connection:
        connection.execute(text("DROP INDEX ix_taxpayer_search"))
        connection.execute(
            text("CREATE INDEX ix_taxpayer_search ON taxpayer USING gin (to_tsvector('simple', search_text))")
        )
    _INSIDE.pop(app.database.writers, None)
    assert found("ben am")[0] == ("Amina Bennani", "name")
    assert found("bennanni")[0] == ("Amina Bennani", "similar")
    assert found("12345-A-15")[0][0] == "Amina Bennani"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_sqlite_keeps_its_index_in_step_with_the_rows(app: App, found: Found) -> None:
    with app.database.writers.begin() as connection:
        connection.execute(
            text("INSERT INTO taxpayer_search (taxpayer_search, rank) VALUES ('integrity-check', 1)")
        )
