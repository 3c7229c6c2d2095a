"""The form of events, written out: what is digested today is digested so for ever, or gets a form of its own."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Table

import check_events
from muniadmin import bootstrap  # noqa: F401 - every slice says how its tables are proved
from muniadmin.access.models import User, UserRole
from muniadmin.billing.models import Tender
from muniadmin.kernel.money import Money
from muniadmin.storage.base import Base
from muniadmin.storage.events import Told
from muniadmin.storage.proof import digest_of, row_digest, said
from muniadmin.storage.unit_of_work import FIRST_DIGEST, link_digest
from muniadmin.taxpayers.models import TaxableObject

FACTS = {
    "booked_on": "2026-11-23",
    "at": "2026-11-23T09:00:00+00:00",
    "server_at": "2026-11-23T09:00:01.250000+00:00",
    "user_id": 3,
    "workstation": "desk-1",
}
HOME = {
    "id": 4, "taxpayer_id": 9, "kind": "property", "label": "Villa “Ῥόδα”\n2", "zone": None,
    "attributes": {"rent": 36000, "vacant": False, "at": [34.0331, -5e-06, None]},
    "started_on": date(2026, 1, 1), "ended_on": None, "external_key": None, "import_digest": None, "version": 1,
}  # fmt: skip
TENDER = {
    "id": 7, "payment_id": 5, "channel": "cheque", "amount": Money(120050), "point": 1,
    "value_on": date(2026, 11, 23), "tendered": None, "reference": "C1", "bank": "BP", "drawer": "Amina Bennani",
    "event_id": 12,
}  # fmt: skip

TAKEN = (
    '{"at":"2026-11-23T09:00:00+00:00","booked_on":"2026-11-23","changes":{},"form":1,"lines":[["collection:payment:'
    'taken","1-2026-000001-4",{"amount":120050,"reference":null}]],"order":"TakePayment","rows":{"tender":[{"amount":'
    '120050,"bank":"BP","channel":"cheque","drawer":"#6cf534b0a9e47b5f3e879ecd63e4cfe1791f925f57bc5d92db5faaf060e301c1"'
    ',"id":7,"payment_id":5,"point":1,"reference":"C1","value_on":"2026-11-23"}]},"server_at":"2026-11-23T09:00:01.250000'
    '+00:00","user_digest":"c2185388c6132ef0d5c027693cb01942e4dd79a8dcfc16f5113890a2a1838eae","user_id":3,'
    '"workstation":"desk-1"}'
)
TAKEN_DIGEST = "d94a825ffe2b290f0cf75fb1bdf775856b9cf6f94f70e8483aa219bc8824f367"
CHANGED = (
    '{"at":"2026-11-23T09:00:00+00:00","booked_on":"2026-11-23","changes":{"taxable_object":[[[4],'
    '"a4452ab1f5410e66a5fc870ea2ca21bddc91d20538fde6266ecdcc53dfda4aa8",'
    '"bda662501ab7ed6192812c169004770053a3d997f4e70dc8fe3115669f31ac9d"]],"user_role":[[[3,"clerk"],null,'
    '"fe97b469d06ee87c49bdc2fe81d8aa07f5eaa63991aad20d493d99f434bbfe56"],[[3,"supervisor"],'
    '"bbf92023d1b6acfe988407d608a75e4e2d4ddb9a602c4f468e7abcb0ebab0faa",null]]},"form":1,'
    '"lines":[["taxpayers:object:changed","4",{}]],"order":"ChangeObject","rows":{},'
    '"server_at":"2026-11-23T09:00:01.250000+00:00",'
    '"user_digest":"6979f68649194352cad598a0562fc949d11f5ecaa7f13689126e96771836fc7f","user_id":null,'
    '"workstation":"desk-1"}'
)
CHANGED_DIGEST = "cf3c06d1db7a805eb0b8b1baf48a7fd75c1cd602bb2d9c08bad22d766e121f4c"
HOME_SAYS = (
    '{"":{"attributes":{"at":[34.0331,-5e-6,null],"rent":36000,"vacant":false},"id":4,"kind":"property",'
    '"label":"Villa “Ῥόδα”\\n2","started_on":"2026-01-01","taxpayer_id":9,"version":1}}'
)
HOME_DIGEST = "a4452ab1f5410e66a5fc870ea2ca21bddc91d20538fde6266ecdcc53dfda4aa8"


def of(model: type[Base]) -> Table:
    """The table of a model."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def test_an_event_that_wrote_rows() -> None:
    told = Told(chain="desk:1")
    told.lines.append(("collection:payment:taken", "1-2026-000001-4", {"amount": 120050, "reference": None}))
    told.inserted(of(Tender), [TENDER])
    assert told.text(order="TakePayment", user="clerk", **FACTS) == TAKEN
    assert link_digest("desk:1", 1, FIRST_DIGEST, TAKEN) == TAKEN_DIGEST


def test_an_event_that_changed_rows() -> None:
    told = Told()
    told.lines.append(("taxpayers:object:changed", "4", {}))
    changed = {**HOME, "zone": "A", "ended_on": date(2026, 12, 31), "version": 2}
    told.changed(of(TaxableObject), HOME, changed)
    told.inserted(of(UserRole), [{"user_id": 3, "role": "clerk"}])
    told.deleted(of(UserRole), {"user_id": 3, "role": "supervisor"})
    assert told.text(order="ChangeObject", user="é", **{**FACTS, "user_id": None}) == CHANGED
    assert link_digest("office", 2, TAKEN_DIGEST, CHANGED) == CHANGED_DIGEST


def test_a_row() -> None:
    assert row_digest(of(TaxableObject), HOME) == HOME_DIGEST
    assert hashlib.sha256(HOME_SAYS.encode()).hexdigest() == HOME_DIGEST


@pytest.mark.parametrize(
    ("value", "digest"),
    [
        ("Amina Bennani", "6cf534b0a9e47b5f3e879ecd63e4cfe1791f925f57bc5d92db5faaf060e301c1"),
        (None, "212c5e659097c7b11239deafda2dddeec70b141d9d540cc8eb7fc390982c8178"),
        (True, "2f0cfb76dae7a7f27b3982b697c0e4bf25f6d93dcfec0f7a6e4ce69f6ed2641d"),
        ([1, {"b": "é", "a": []}], "6e1847733991a1d40b88ad55c51328bbd62c42b226c787b96c9b0ac481273df7"),
    ],
)
def test_values_told_by_digest(value: object, digest: str) -> None:
    assert digest_of(value) == digest
    assert check_events.digest_of(value) == digest


def test_values_of_every_kind() -> None:
    """Instants in UTC, the fraction of a second only where there is one; numbers without the zeros at their end."""
    fes = timezone(timedelta(hours=1))
    row: dict[str, object] = {
        "id": 1, "user_name": "clerk", "name": "Amina", "password_hash": "x", "active": True, "language": None,
        "failed_tries": 3, "locked_until": datetime(2026, 11, 23, tzinfo=UTC), "version": 4,
    }  # fmt: skip
    whole = said(of(User), {**row, "created_at": datetime(2026, 11, 23, 10, 0, tzinfo=fes)})
    assert whole == {
        "id": 1, "user_name": "clerk", "name": "Amina", "active": True, "password_hash": f"#{digest_of('x')}",
        "created_at": "2026-11-23T09:00:00+00:00",
    }  # fmt: skip
    broken = said(of(User), {**row, "created_at": datetime(2026, 11, 23, 10, 0, 0, 50, tzinfo=fes)})
    assert broken["created_at"] == "2026-11-23T09:00:00.000050+00:00"


def test_the_checker_reckons_the_same() -> None:
    assert check_events.link_digest("desk:1", 1, check_events.FIRST_DIGEST, TAKEN) == TAKEN_DIGEST
    assert check_events.canonical(json.loads(TAKEN)) == TAKEN
    assert check_events.canonical(json.loads(CHANGED)) == CHANGED
    assert check_events.canonical(json.loads(HOME_SAYS)) == HOME_SAYS
