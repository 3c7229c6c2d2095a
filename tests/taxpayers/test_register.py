"""The register as a list with what everybody owes, on both engines."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from muniadmin.app import App
from muniadmin.billing.reads import (
    BalancesOf,
    Register,
    RegisterCount,
    RegisterFilter,
    RegisterOrder,
    RegisterRow,
    RegisterTotal,
)
from muniadmin.kernel.errors import NotAllowed
from muniadmin.kernel.money import total
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor, Query
from muniadmin.taxpayers.commands import ChangeTaxpayer, ObjectData, RegisterTaxpayer
from muniadmin.taxpayers.errors import LikelyDuplicate
from tests.builders import a_bill, everything, money
from tests.towns import actor_with

LATE, LATER = date(2026, 5, 31), date(2026, 12, 31)


@pytest.fixture
def clerk(app: App) -> Actor:
    return actor_with(app, Role.CLERK)


@pytest.fixture
def town(app: App, clerk: Actor) -> dict[str, int]:
    """Seven taxpayers: two late, one who owes, one in credit by nothing, one dormant."""
    known: dict[str, int] = {}
    zones = ["medina", "agdal", "medina", "saiss", "agdal", "medina", ""]
    names = [
        "Karim Tazi", "Amina Bennani", "Éva Zniber", "Hôtel Les Mérinides", "Youssef El Fassi", "amina alami",
        "Rachid Zouaq",
    ]  # fmt: skip
    for place, (name, zone) in enumerate(zip(names, zones, strict=True)):
        vehicle = ObjectData(
            kind="vehicle", attributes={"plate": f"{place}-A-1", "service": "private", "seats": 5}
        )
        command = RegisterTaxpayer(
            kind="organisation" if name.startswith("Hôtel") else "person",
            name=name,
            zone=zone,
            objects=(vehicle,) if place % 2 else (),
        )
        known[name] = app.execute(command, clerk, confirmed={LikelyDuplicate}).outcome.taxpayer_id
    a_bill(app, "700", due_on=LATE, taxpayer_id=known["Karim Tazi"])
    a_bill(app, "100", due_on=LATE, taxpayer_id=known["Amina Bennani"])
    a_bill(app, "55.55", due_on=LATER, taxpayer_id=known["Amina Bennani"])
    a_bill(app, "20", due_on=LATER, taxpayer_id=known["Éva Zniber"], head="TH")
    dormant = ChangeTaxpayer(
        taxpayer_id=known["Rachid Zouaq"], version=1, name="Rachid Zouaq", status="dormant"
    )
    app.execute(dormant, clerk)
    return known


def names(rows: list[RegisterRow]) -> list[str]:
    return [row.name for row in rows]


def test_rows_say_what_everybody_owes_today(app: App, clerk: Actor, town: dict[str, int]) -> None:
    rows = {row.name: row for row in app.read(Register(), clerk)}
    assert {name: row.standing for name, row in rows.items()} == {
        "Karim Tazi": "overdue", "Amina Bennani": "overdue", "Éva Zniber": "not_due", "Rachid Zouaq": "dormant",
        "Hôtel Les Mérinides": "up_to_date", "Youssef El Fassi": "up_to_date", "amina alami": "up_to_date",
    }  # fmt: skip
    amina = rows["Amina Bennani"]
    # What is booked; the penalty that has accrued meanwhile stands apart.
    assert amina.balance == amina.overdue + money("55.55")
    assert amina.overdue == money("100")
    assert amina.accrued == money("17.50")
    assert (amina.suspended, amina.credit) == (money("0"), money("0"))
    assert (amina.objects, amina.zone_names["fr"]) == (1, "Agdal")


def test_the_total_is_the_sum_of_the_rows(app: App, clerk: Actor, town: dict[str, int]) -> None:
    for wanted in (
        RegisterFilter(),
        RegisterFilter(zones=("medina",)),
        RegisterFilter(standings=("overdue",)),
    ):
        rows = app.read(Register(filter=wanted), clerk)
        assert app.read(RegisterTotal(filter=wanted), clerk) == total(row.balance for row in rows)
        assert app.read(RegisterCount(filter=wanted), clerk) == len(rows)
    everybody = app.read(BalancesOf(taxpayer_ids=tuple(town.values())), everything(app))
    assert app.read(RegisterTotal(), clerk) == total(one.balance for one in everybody.values())


@pytest.mark.parametrize("sort", ["name", "number", "zone"])
@pytest.mark.parametrize("descending", [False, True])
def test_windows_put_together_are_the_whole_list(
    app: App, clerk: Actor, town: dict[str, int], sort: str, descending: bool
) -> None:
    def window(**where: object) -> list[RegisterRow]:
        return app.read(Register(sort=sort, descending=descending, **where), clerk)  # type: ignore[arg-type]

    whole = window()
    assert all((one.place < other.place) is not descending for one, other in pairwise(whole))
    assert window(limit=3) == whole[:3]
    assert window(after=whole[2].place, limit=3) == whole[3:6]
    assert window(after=whole[2].place, skip=2, limit=3) == whole[5:7]
    assert window(from_end=True, limit=2) == whole[5:]
    assert window(from_end=True, skip=2, limit=2) == whole[3:5]


def test_names_are_in_the_order_people_expect(app: App, clerk: Actor, town: dict[str, int]) -> None:
    assert names(app.read(Register(), clerk)) == [
        "amina alami", "Amina Bennani", "Éva Zniber", "Hôtel Les Mérinides", "Karim Tazi", "Rachid Zouaq",
        "Youssef El Fassi",
    ]  # fmt: skip


def test_filters(app: App, clerk: Actor, town: dict[str, int]) -> None:
    def listed(**wanted: object) -> set[str]:
        return set(names(app.read(Register(filter=RegisterFilter(**wanted)), clerk)))  # type: ignore[arg-type]

    assert listed(zones=("medina", "saiss")) == {
        "Karim Tazi",
        "Éva Zniber",
        "amina alami",
        "Hôtel Les Mérinides",
    }
    assert listed(kinds=("organisation",)) == {"Hôtel Les Mérinides"}
    assert listed(statuses=("dormant",)) == {"Rachid Zouaq"}
    assert listed(standings=("overdue",)) == {"Karim Tazi", "Amina Bennani"}
    assert listed(standings=("not_due",)) == {"Éva Zniber"}
    assert listed(standings=("overdue", "not_due")) == {"Karim Tazi", "Amina Bennani", "Éva Zniber"}
    assert len(listed(standings=("up_to_date",))) == 4
    assert len(listed(standings=("up_to_date", "not_due"))) == 5
    assert len(listed(standings=("overdue", "up_to_date"))) == 6
    assert len(listed(standings=("overdue", "not_due", "up_to_date"))) == 7
    assert listed(object_kind="vehicle") == {"Amina Bennani", "Hôtel Les Mérinides", "amina alami"}
    assert listed(head_code="TH") == {"Éva Zniber"}
    assert listed(text="amina", zones=("agdal",)) == {"Amina Bennani"}
    assert listed(text="nobody of this name") == set()


def test_computed_orders(app: App, clerk: Actor, town: dict[str, int]) -> None:
    def ordered(**wanted: object) -> list[str]:
        ids = app.read(RegisterOrder(**wanted), clerk)  # type: ignore[arg-type]
        return names(app.read(Register(ids=ids), clerk))

    assert ordered(sort="balance", descending=True)[:4] == [
        "Karim Tazi",
        "Amina Bennani",
        "Éva Zniber",
        "amina alami",
    ]
    assert ordered(sort="balance")[-1] == "Karim Tazi"
    assert ordered(sort="standing")[:3] == ["Amina Bennani", "Karim Tazi", "Éva Zniber"]
    assert set(ordered(sort="objects", descending=True)[:3]) == {
        "Amina Bennani",
        "Hôtel Les Mérinides",
        "amina alami",
    }
    late = RegisterFilter(standings=("overdue",))
    assert ordered(sort="balance", filter=late) == ["Amina Bennani", "Karim Tazi"]


def test_whoever_may_not_see_bills_is_told_nothing_of_debts(app: App, town: dict[str, int]) -> None:
    registrar = actor_with(app, Role.REGISTRAR)
    rows = app.read(Register(), registrar)
    assert len(rows) == len(town)
    assert {row.standing for row in rows} == {"active", "dormant"}
    assert not any(row.balance or row.overdue or row.accrued or row.credit for row in rows)
    by_objects = app.read(RegisterOrder(sort="objects"), registrar)
    assert sorted(by_objects) == sorted(town.values())
    late = RegisterFilter(standings=("overdue",))
    questions: tuple[Query[Any], ...] = (
        Register(filter=late),
        RegisterCount(filter=RegisterFilter(head_code="TH")),
        RegisterOrder(sort="objects", filter=late),
        RegisterOrder(sort="balance"),
        RegisterOrder(sort="standing"),
        RegisterTotal(),
    )
    for question in questions:
        with pytest.raises(NotAllowed):
            app.read(question, registrar)
