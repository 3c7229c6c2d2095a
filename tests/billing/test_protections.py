"""What was written of debts and money stays, whoever asks the database to change it."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from muniadmin.app import App
from muniadmin.billing.decisions import end_suspension, postpone, suspend
from muniadmin.storage.base import Base
from tests.situations.town import WHY, Town
from tests.towns import TownClock

TABLES = (
    "head_rule", "account", "bill", "charge", "decision", "settlement", "credit", "credit_move", "term", "offer",
    "suspension", "suspension_end", "tender", "tender_return", "payment", "receipt", "cancellation",
)  # fmt: skip


def test_no_row_of_a_debt_or_of_money_is_changed_removed_or_replaced(app: App, clock: TownClock) -> None:
    town = Town(app, clock)
    town.head(penalty={"once": "0.10"})
    a = town.account("A")
    bill = town.bill(a, (date(2027, 1, 4), "100"), offers=[(90_00, date(2027, 1, 10))])
    cheque = town.cheque(bill.charge_ids, "30")
    town.cancel(town.cash(bill.charge_ids, "20"))
    town.return_tender(cheque)
    town.pay([], ("cash", "10"), rest=a)
    with town.order() as uow:
        postpone(uow, bill.charge_ids, date(2027, 2, 28), WHY)
        end_suspension(
            uow,
            suspend(uow, bill.bill_id, WHY, since=date(2027, 1, 4)),
            date(2027, 1, 4),
            WHY,
            as_if_never=True,
        )
    ways = ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"]
    if app.database.kind == "sqlite":
        ways.append("INSERT OR REPLACE INTO {0} SELECT * FROM {0}")
    for table in TABLES:
        assert town.rows(f"SELECT count(*) FROM {table}") != [(0,)], table
        column = next(iter(Base.metadata.tables[table].columns)).name
        for way in ways:
            with app.database.connect_to_write() as connection:
                with pytest.raises(DBAPIError, match=f"append-only: {table}"):
                    connection.execute(text(way.format(table, column)))
                connection.rollback()
    town.ensure_sound()
