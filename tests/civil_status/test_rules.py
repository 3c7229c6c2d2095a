"""Steps of a request, who may receive an extract, how an act is searched: without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniadmin.civil_status.commands import Cause, Channel, DeclarantKind, Relation
from muniadmin.civil_status.rules import (
    CAUSE_NAMES,
    CHANNEL_NAMES,
    DECLARANT_NAMES,
    OPEN_STATES,
    RELATION_NAMES,
    STATE_NAMES,
    STEPS,
    ActSearch,
    Entitlement,
    PeopleOnAct,
    RequestState,
    Step,
    act_reference,
    age_on,
    canonical_act,
    due_at,
    entitlement,
    next_state,
    read_search,
    read_time,
    same_person,
    state_name,
)

TODAY = date(2026, 11, 23)
CHILD = PeopleOnAct(
    child=("Yasmine BENNANI", "ياسمين بناني"),
    parents=("Karim BENNANI", "كريم بناني", "Fatima Zahra EL ALAOUI", "فاطمة الزهراء العلوي"),
    born_on=date(2026, 3, 14),
)
ADULT = PeopleOnAct(child=("Omar TAZI",), parents=("Ali TAZI",), born_on=date(1990, 1, 1))


def test_every_word_of_the_tables_has_its_name() -> None:
    assert set(STEPS) == set(STATE_NAMES) == set(RequestState)
    assert set(RELATION_NAMES) == set(Relation)
    assert set(CAUSE_NAMES) == set(Cause)
    assert set(CHANNEL_NAMES) == set(Channel)
    assert set(DECLARANT_NAMES) == set(DeclarantKind)


def test_the_ordinary_way_leads_from_reception_to_delivery() -> None:
    state = RequestState.RECEIVED
    for step in (Step.START, Step.PREPARE, Step.DELIVER):
        following = next_state(state, step)
        assert following is not None
        state = following
    assert state is RequestState.DELIVERED


def test_a_refused_request_stays_refused_and_a_delivered_one_opens_only_for_an_error() -> None:
    assert STEPS[RequestState.REFUSED] == {}
    assert STEPS[RequestState.DELIVERED] == {Step.REWORK: RequestState.IN_PROCESS}


@given(st.lists(st.sampled_from(Step), max_size=30))
def test_nothing_is_delivered_that_was_not_prepared_since_its_last_error(steps: list[Step]) -> None:
    state, prepared = RequestState.RECEIVED, False
    for step in steps:
        following = next_state(state, step)
        if following is None:
            continue
        if step is Step.DELIVER:
            assert prepared
        prepared = {Step.PREPARE: True, Step.REWORK: False}.get(step, prepared)
        state = following
        assert (state in OPEN_STATES) == (state not in (RequestState.DELIVERED, RequestState.REFUSED))


@pytest.mark.parametrize(
    ("relation", "requester", "mandate", "people", "found"),
    [
        (Relation.SELF, "Omar Tazi", "", ADULT, Entitlement.YES),
        (Relation.SELF, "Tazi Omar", "", ADULT, Entitlement.YES),
        (Relation.SELF, "Karim Bennani", "", ADULT, Entitlement.NAME_DIFFERS),
        (Relation.SELF, "Omar", "", ADULT, Entitlement.NAME_DIFFERS),
        (Relation.PARENT, "Fatima Zahra Bennani", "", CHILD, Entitlement.NAME_DIFFERS),
        (Relation.SELF, "Yasmine Bennani", "", CHILD, Entitlement.MINOR),
        (Relation.PARENT, "karim bennani", "", CHILD, Entitlement.YES),
        (Relation.PARENT, "Fatima-Zahra El Alaoui", "", CHILD, Entitlement.YES),
        (Relation.PARENT, "كريم بناني", "", CHILD, Entitlement.YES),
        (Relation.PARENT, "Ali Tazi", "", CHILD, Entitlement.NAME_DIFFERS),
        (Relation.CHILD, "Anybody", "", ADULT, Entitlement.YES),
        (Relation.SPOUSE, "Anybody", "", ADULT, Entitlement.YES),
        (Relation.GUARDIAN, "Anybody", "", CHILD, Entitlement.NEEDS_MANDATE),
        (Relation.REPRESENTATIVE, "Me Alami", "  ", CHILD, Entitlement.NEEDS_MANDATE),
        (Relation.REPRESENTATIVE, "Me Alami", "Procuration 12/2026", CHILD, Entitlement.YES),
        (Relation.AUTHORITY, "Tribunal de Fès", "Lettre 88", CHILD, Entitlement.YES),
        (Relation.OTHER, "Karim Bennani", "Lettre 88", CHILD, Entitlement.NO),
    ],
)
def test_who_may_receive_an_extract(
    relation: Relation, requester: str, mandate: str, people: PeopleOnAct, found: Entitlement
) -> None:
    assert entitlement(relation, requester, mandate, people, TODAY) is found


def test_a_person_asks_alone_from_the_day_they_come_of_age() -> None:
    born = PeopleOnAct(child=("Omar TAZI",), parents=(), born_on=date(2008, 11, 24))
    assert age_on(born.born_on, TODAY) == 17
    assert entitlement(Relation.SELF, "Omar Tazi", "", born, TODAY) is Entitlement.MINOR
    assert entitlement(Relation.SELF, "Omar Tazi", "", born, TODAY + timedelta(days=1)) is Entitlement.YES


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Karim Bennani", "BENNANI Karim", True),
        ("Élodie Nguyen", "elodie nguyen", True),
        ("Karim Bennani", "Karim Tazi", False),
        ("Karim", "Karim Bennani", False),
        ("Karim", "KARIM", True),
        ("Mohamed Tazi", "Mohamed Amine TAZI", True),
        ("Carlos Alberto Arias", "Carlos Alberto Baglietto", False),
        ("Mohamed El Alaoui", "Hassan El Alaoui", False),
        ("Mohamed Amine Tazi", "Mohamed Amine Alaoui", False),
        ("Fatima Zahra Bennani", "Fatima Zahra El Fassi", False),
        ("", "Karim", False),
        ("", "", False),
    ],
)
def test_two_spellings_of_a_name(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same
    assert same_person(other, one) is same


@pytest.mark.parametrize(
    ("typed", "time"),
    [("4:35", "04:35"), ("4h35", "04:35"), ("0435", "04:35"), ("14.35", "14:35"), (" 23:59 ", "23:59"),
     ("24:00", None), ("12:60", None), ("noon", None), ("", None)],
)  # fmt: skip
def test_hours_as_people_write_them(typed: str, time: str | None) -> None:
    assert read_time(typed) == time


@pytest.mark.parametrize(
    ("typed", "search"),
    [
        ("123/2026", ActSearch(seq=123, year=2026)),
        (" 7 / 1956 ", ActSearch(seq=7, year=1956)),
        ("Yasmine Bennani 2026", ActSearch(year=2026, words=("yasmine", "bennani"))),
        ("1990 Tazi", ActSearch(year=1990, words=("tazi",))),
        ("Éloïse", ActSearch(words=("eloise",))),
        ("2026 1999", ActSearch(year=2026, words=("1999",))),
        ("", ActSearch()),
    ],
)
def test_what_is_typed_to_find_an_act(typed: str, search: ActSearch) -> None:
    assert read_search(typed) == search


@given(st.integers(1, 999_999), st.integers(1800, 2099))
def test_a_reference_finds_its_act(seq: int, year: int) -> None:
    assert read_search(act_reference(seq, year)) == ActSearch(seq=seq, year=year)


def test_the_frozen_text_does_not_depend_on_the_order_of_facts() -> None:
    one = canonical_act({"name": "Élodie", "born_on": date(2026, 3, 14), "mother_born_on": None})
    other = canonical_act({"mother_born_on": None, "born_on": date(2026, 3, 14), "name": "Élodie"})
    assert one == other == '{"born_on":"2026-03-14","mother_born_on":null,"name":"Élodie"}'
    with pytest.raises(TypeError):
        canonical_act({"weight": 3.2j})


def test_the_promise_is_made_in_hours() -> None:
    received = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert due_at(received, 2) == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def test_papers_bear_the_state_s_official_name() -> None:
    assert state_name("MA", "fr") == "Royaume du Maroc"
    assert state_name("MA", "ar") == "المملكة المغربية"
    assert state_name("XX", "fr") == ""
