"""Puts taxable objects on the register, by the thousand when a roll needs them."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from muniadmin.app import App
from muniadmin.billing.models import RevenueHead
from muniadmin.storage.bulk import bulk_insert, reserve_ids
from muniadmin.storage.unit_of_work import UnitOfWork, unit_of_work
from muniadmin.taxpayers.models import TaxableObject
from tests.builders import a_taxpayer, everything


def objects(
    app: App,
    kind: str,
    attributes: Iterable[Mapping[str, Any]],
    *,
    taxpayer_id: int | None = None,
    zone: str = "medina",
    started_on: date = date(2020, 1, 1),
    ended_on: date | None = None,
) -> list[int]:
    """Objects of a kind with these attributes, all of one taxpayer; their ids."""
    owner = taxpayer_id if taxpayer_id is not None else a_taxpayer(app)
    rows = list(attributes)
    with working(app) as uow:
        ids = reserve_ids(uow, TaxableObject, len(rows))
        bulk_insert(
            uow,
            TaxableObject,
            (
                {
                    "id": object_id,
                    "taxpayer_id": owner,
                    "kind": kind,
                    "label": f"{number}, derb Sidi Ahmed",
                    "zone": zone,
                    "attributes": dict(row),
                    "started_on": started_on,
                    "ended_on": ended_on,
                    "external_key": None,
                }
                for number, (object_id, row) in enumerate(zip(ids, rows, strict=True), 1)
            ),
        )
    return list(ids)


def a_home(rental_value: int | None, use: str = "main_home", perimeter: str = "urban") -> dict[str, Any]:
    """A built property of Fès; the rental value in dirhams a year, None when nobody knows it."""
    known = {} if rental_value is None else {"rental_value": rental_value * 100}
    return {"use": use, "perimeter": perimeter, **known}


def in_quarters(app: App, head_code: str) -> None:
    """The head's bills fall due in four parts, at the ends of March, June, September and December."""
    with working(app) as uow:
        head = uow.session.get_one(RevenueHead, head_code)
        parts = [{"months": months, "day": 31} for months in (2, 5, 8, 11)]
        head.due_rule = {"instalments": parts, "notice_days": 30}


def working(app: App) -> AbstractContextManager[UnitOfWork]:
    """A transaction of somebody who may do everything."""
    return unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    )
