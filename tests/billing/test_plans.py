"""How the engines answer the questions of every day: by the indexes made for them, never by reading a whole table."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from muniadmin.app import App
from muniadmin.billing.reads import BalancesOf, Bills, OneBill, OpenCharges, TaxpayerBalance
from muniadmin.billing.services import Debtor, NewBill, issue_bills
from muniadmin.bootstrap import open_app
from muniadmin.collection.commands import TakePayment, TenderGiven
from muniadmin.collection.errors import AmountExceedsDebts
from muniadmin.collection.reads import MySession, Receipts
from muniadmin.indicators.standings import left_on
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.permissions import Role
from muniadmin.storage.unit_of_work import read_unit, unit_of_work
from tests.builders import a_taxpayer, an_open_desk, everything, money, pay
from tests.towns import OPENING, DatabaseKind, Originals, actor_with

BILLS = 4_000
PAYMENTS = 200
#: Tables that hold years of a town's debts: none is read whole.
LARGE = frozenset(
    {
        "bill",
        "charge",
        "charge_now",
        "bill_now",
        "settlement",
        "account",
        "account_now",
        "payment",
        "tender",
        "receipt",
    }
)


# A town large enough to be planned for is long in the making.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def _kept() -> Iterator[tuple[ExitStack, dict[str, App]]]:
    """One such town for each engine, made when it is first asked for: it takes a while."""
    with ExitStack() as stack:
        yield stack, {}


@pytest.fixture
def big(
    originals: Originals,
    database_kind: DatabaseKind,
    _kept: tuple[ExitStack, dict[str, App]],
    tmp_path_factory: pytest.TempPathFactory,
) -> App:
    """A town with some thousand bills, most of them settled, and with statistics as the engines gather them."""
    stack, towns = _kept
    if database_kind not in towns:
        address = stack.enter_context(originals.copy(originals.town, tmp_path_factory.mktemp("big")))
        app = open_app(address, clock=FixedClock(OPENING))
        stack.callback(app.close)
        _fill(app)
        towns[database_kind] = app
    return towns[database_kind]


def _fill(app: App) -> None:
    first, second = a_taxpayer(app), a_taxpayer(app, "Brahim Tazi")
    session = an_open_desk(app, actor_with(app, Role.CLERK))
    with unit_of_work(
        app.database, actor=everything(app), now=app.clock.now(), municipality=app.municipality
    ) as uow:
        issued = issue_bills(
            uow,
            [
                NewBill(
                    head_code="TSC",
                    period="2026",
                    kind="roll",
                    instalments=[(date(2026, 1, 1) + timedelta(days=place % 700), 10_000)] * 2,
                    lines=[{"what": "Rental value", "amount": 20_000}],
                    debtor=Debtor(taxpayer_id=first if place < 3 else second)
                    if place < PAYMENTS + 3
                    else Debtor.passer_by(f"house {place}"),
                )
                for place in range(BILLS)
            ],
        )
        left_open = [charge_id for bill in issued[: PAYMENTS + 3] for charge_id in bill.charge_ids]
        uow.connection.execute(
            text(
                "INSERT INTO settlement (event_id, charge_id, amount, decision_id, booked_on, value_on) "
                "SELECT event_id, id, amount, 2, booked_on, value_on FROM charge WHERE id > :last AND id % 20 <> 1"
            ),
            {"last": max(left_open)},
        )
    for bill in issued[3 : PAYMENTS + 3]:
        pay(app, actor_with(app, Role.CLERK), session, bill)
    if app.database.kind == "sqlite":
        with app.database.writers.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    else:
        with app.database.writers.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


@dataclass(frozen=True)
class Plan:
    """How an engine answers a statement."""

    sql: str
    text: str
    #: The tables it reads whole.
    whole: frozenset[str]

    def __str__(self) -> str:
        return f"{self.sql}\n{self.text}"


@contextmanager
def plans(app: App) -> Iterator[list[Plan]]:
    """How each question that is sent meanwhile is answered."""
    found: list[Plan] = []
    sent: dict[str, Any] = {}

    def sending(_connection: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, many: bool) -> None:
        if sql.startswith("SELECT") and not many:
            sent[sql] = parameters

    engines = {app.database.readers, app.database.writers}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", sending)
    yield found
    for engine in engines:
        event.remove(engine, "before_cursor_execute", sending)
    explain = _of_sqlite if app.database.kind == "sqlite" else _of_postgresql
    with app.database.connect_to_read() as connection:
        found += [explain(connection, sql, parameters) for sql, parameters in sent.items()]


def _of_sqlite(connection: Connection, sql: str, parameters: Any) -> Plan:
    lines = [str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    return Plan(sql, "\n".join(lines), frozenset(re.findall(r"^SCAN (\w+)$", "\n".join(lines), re.MULTILINE)))


def _of_postgresql(connection: Connection, sql: str, parameters: Any) -> Plan:
    # Of small tables a look through the whole is the best there is: it is left where nothing else is possible.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    (explained,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", parameters).scalar_one()
    whole: set[str] = set()
    lines: list[str] = []

    def look(node: Mapping[str, Any]) -> None:
        lines.append(" ".join(str(node[key]) for key in _SHOWN if key in node))
        if "Relation Name" in node and "Index Cond" not in node and node["Node Type"] != "Bitmap Heap Scan":
            whole.add(node["Relation Name"])
        for inner in node.get("Plans", ()):
            look(inner)

    look(explained["Plan"])
    return Plan(sql, "\n".join(lines), frozenset(whole))


_SHOWN = ("Node Type", "Scan Direction", "Index Name", "Relation Name", "Index Cond", "Filter")


def ensure_by_index(found: Sequence[Plan], *expected: str) -> None:
    """No large table is read whole, and the indexes expected are among those used."""
    for plan in found:
        assert not plan.whole & LARGE, str(plan)
    for index in expected:
        assert any(index in plan.text for plan in found), "\n\n".join(map(str, found))


def test_the_counter_finds_what_an_account_owes_by_its_open_charges(big: App) -> None:
    who = everything(big)
    with plans(big) as found:
        owed = big.read(OpenCharges(taxpayer_id=1), who)
    assert owed
    ensure_by_index(found, "ix_charge_now_account")


def test_a_scanned_number_is_found_whether_new_or_old(big: App) -> None:
    who = everything(big)
    number = big.read(Bills(state="open", limit=1), who).rows[0].number
    with plans(big) as found:
        assert big.read(OpenCharges(number=number), who)
        assert big.read(OneBill(number=number), who).number == number
    numbers = "uq_bill_number" if big.database.kind == "postgresql" else "sqlite_autoindex_bill_1"
    ensure_by_index(found, numbers, "ix_bill_old_number")


def test_balances_are_read_for_the_people_shown(big: App) -> None:
    who = everything(big)
    with plans(big) as found:
        big.read(TaxpayerBalance(taxpayer_id=1), who)
        big.read(BalancesOf(taxpayer_ids=(1,)), who)
    ensure_by_index(found, "ix_charge_now_account")


def test_a_payment_reads_nothing_whole(big: App) -> None:
    """Also one that uses, keeps and looks through what is held."""
    clerk = actor_with(big, Role.CLERK)
    session = big.read(MySession(), clerk)
    assert session is not None
    (first, *_more) = big.read(OpenCharges(taxpayer_id=1), everything(big))

    def take(request_id: str, amount: str) -> None:
        order = TakePayment(
            request_id=request_id,
            cash_session_id=session.cash_session_id,
            charge_ids=(first.charge_id,),
            tenders=(TenderGiven(amount=money(amount)),),
            rest_account_id=first.account_id,
        )
        big.execute(order, clerk, confirmed=[AmountExceedsDebts])

    take("one", "10")
    with plans(big) as found:
        take("two", "20")
        take("three", "1000")
        big.execute(
            TakePayment(
                request_id="four",
                cash_session_id=session.cash_session_id,
                charge_ids=(),
                tenders=(TenderGiven(amount=money("5")),),
                rest_account_id=first.account_id,
            ),
            clerk,
            confirmed=[AmountExceedsDebts],
        )
    ensure_by_index(found, "ix_charge_now_account", "ix_payment_session")


def test_ageing_reads_the_open_charges_by_their_due_days(big: App) -> None:
    with (
        plans(big) as found,
        read_unit(
            big.database, actor=everything(big), now=big.clock.now(), municipality=big.municipality
        ) as reading,
    ):
        left = left_on(reading, reading.today)
    assert sum(left.values()) > 0
    # All that is open is read, and nothing that is settled.
    (plan,) = (plan for plan in found if "charge_now" in plan.sql)
    assert "ix_charge_now_due" in plan.text, str(plan)


def test_a_page_of_bills_is_read_from_where_it_begins(big: App) -> None:
    who = everything(big)
    with plans(big) as found:
        page = big.read(Bills(limit=50), who)
    assert len(page.rows) == 50
    # The count and the sums of a whole list do read it; its page begins at the newest bill and is never sorted.
    (plan,) = (plan for plan in found if "LIMIT" in plan.sql)
    assert ("TEMP B-TREE" in plan.text, "Sort" in plan.text) == (False, False), str(plan)
    if big.database.kind == "postgresql":
        assert "Index Scan Backward pk_bill bill" in plan.text, str(plan)
    ensure_by_index([plan for plan in found if "LIMIT" not in plan.sql and "count(*)" not in plan.sql])
    with plans(big) as found:
        big.read(Bills(taxpayer_id=1, limit=50), who)
    ensure_by_index(found, "ix_bill_account")


def test_receipts_of_a_taxpayer_or_a_bill_are_found_by_what_they_paid(big: App) -> None:
    with plans(big) as found:
        of_taxpayer = big.read(Receipts(taxpayer_id=2, limit=5), everything(big))
        of_bill = big.read(Receipts(bill_id=5), everything(big))
    assert (of_taxpayer.count, of_bill.count) == (PAYMENTS, 1)
    ensure_by_index(found)
