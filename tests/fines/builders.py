"""Fines as an officer writes them, and vehicles on the register."""

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from muniadmin.app import App
from muniadmin.billing.reads import OpenCharges
from muniadmin.billing.services import IssuedBill
from muniadmin.fines.commands import CaptureFine, FineCaptured
from muniadmin.kernel.errors import NeedsConfirmation
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import unit_of_work
from muniadmin.taxpayers.models import TaxableObject
from muniadmin.taxpayers.rules import object_key
from tests.builders import everything


def a_capture(app: App, plate: str = "12345-أ-15", **more: object) -> CaptureFine:
    """Parking where it is forbidden, half an hour ago."""
    known: dict[str, object] = {
        "request_id": str(uuid.uuid4()),
        "plate": plate,
        "offence_code": "S01",
        "place": "Avenue Hassan II",
        "committed_at": app.clock.now() - timedelta(minutes=30),
        "officer": "B-12",
        **more,
    }
    return CaptureFine(**known)  # type: ignore[arg-type]


def a_fine(
    app: App,
    actor: Actor,
    plate: str = "12345-أ-15",
    confirmed: Collection[type[NeedsConfirmation]] = (),
    **more: object,
) -> FineCaptured:
    """The fine, captured."""
    return app.execute(a_capture(app, plate, **more), actor, confirmed=confirmed).outcome


def bill_of(app: App, fine: FineCaptured) -> IssuedBill:
    """What a scan of the fine's notice finds at the counter."""
    found = app.read(OpenCharges(number=fine.number), everything(app))
    one = found[0]
    return IssuedBill(
        one.bill_id, one.number, one.amount, one.account_id, tuple(one.charge_id for one in found)
    )


def a_vehicle(app: App, taxpayer_id: int, plate: str, started_on: date, ended_on: date | None = None) -> int:
    """A vehicle on the register; its id."""
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        vehicle = TaxableObject(
            taxpayer_id=taxpayer_id,
            kind="vehicle",
            label=plate,
            attributes={"plate": plate, "service": "private", "seats": 5},
            started_on=started_on,
            ended_on=ended_on,
            external_key=object_key("vehicle", plate),
        )
        uow.session.add(vehicle)
        uow.session.flush()
        return vehicle.id


def at(day: date, hour: int = 9) -> datetime:
    """An instant of a day, UTC."""
    from datetime import UTC

    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
