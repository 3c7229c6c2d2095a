"""Every order that is carried out writes at least one line of the audit log, in the name of whoever gave it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from muniadmin.access.commands import (
    Approval,
    ChangeOwnPassword,
    ChangeUser,
    CreateUser,
    SetPassword,
    SignIn,
)
from muniadmin.access.reads import Users
from muniadmin.anchors.commands import ChooseAnchorFolder, MakeAnchor, WriteAnchors
from muniadmin.app import App
from muniadmin.assessment.commands import IssueBillSheet, IssueRoll, PrintBills, SaveTariff
from muniadmin.audit.reads import AuditLine, AuditLog
from muniadmin.audit.rules import every_event
from muniadmin.billing.commands import ChangePenaltyRule, IssueStatement, RebuildTotals
from muniadmin.billing.services import IssuedBill
from muniadmin.civil_status.commands import (
    Cause,
    ChangeBirthAct,
    CloseActRegister,
    DeliverRequest,
    DiscardDraft,
    DraftBirthAct,
    OpenActRegister,
    PrepareRequest,
    RefuseRequest,
    Relation,
    ReworkRequest,
    SignAct,
    StartRequest,
    TakeRequest,
)
from muniadmin.collection.commands import (
    CancelReceipt,
    CashSessionOpened,
    CloseCashSession,
    EnterStub,
    OpenCashSession,
    PaymentTaken,
    ReturnTender,
    TakePayment,
)
from muniadmin.documents.commands import ChangeArms, PrintDocument
from muniadmin.exchange.commands import DrawList, ImportTaxpayers, ShownList, WriteList
from muniadmin.exchange.fine_commands import ImportFines
from muniadmin.fines.commands import CaptureFine, IssueFineNotice, VoidFine
from muniadmin.indicators.commands import KeepMonths, SetGoal
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor, Command
from muniadmin.ledger.commands import OpenBusinessDay, TakeBackBusinessDay
from muniadmin.taxpayers.commands import (
    AddTaxableObject,
    ChangeTaxableObject,
    ChangeTaxpayer,
    EndTaxableObject,
    ObjectSaved,
    RegisterTaxpayer,
)
from muniadmin.verification.commands import BeginHeadsAnew, ExportToCheck, Verify
from tests.architecture.program import every_subclass
from tests.assessment.register import a_home, objects
from tests.assessment.test_tariffs import services_tax
from tests.builders import a_bill, a_taxpayer, an_open_desk, begin_the_day, everything, issued, money, pay
from tests.civil_status.builders import Asked, a_birth, a_draft, a_request, a_signed_act
from tests.collection.counter import a_cancellation, a_stub, rows
from tests.fines.builders import a_capture, a_fine
from tests.towns import PASSWORD, TownClock, actor_with, user_name

NEW_PASSWORD = "three green bicycles"
CAR = {"plate": "12345-A-15", "service": "private", "seats": 5}

SILENT: Mapping[type[Command[Any]], str] = {
    WriteAnchors: "carries out of the database what stands in it, each line with the order that made it",
}
"""Orders that write no line, each with the reason why."""


@dataclass
class Town:
    """A town in which something has happened, so that each order finds what it is about."""

    app: App
    clock: TownClock
    folder: Path

    @property
    def clerk(self) -> Actor:
        """Who sits at the desk, and may do everything, so that one person gives every order."""
        return replace(actor_with(self.app, Role.CLERK), permissions=everything(self.app).permissions)

    def desk(self) -> CashSessionOpened:
        """An open desk."""
        return an_open_desk(self.app, self.clerk, opening_float="0")

    def bill(self) -> IssuedBill:
        """Somebody owes 100."""
        return a_bill(self.app, "100", taxpayer_id=a_taxpayer(self.app))

    def paid(self, channel: str = "cash") -> PaymentTaken:
        """Somebody paid it."""
        return pay(self.app, self.clerk, self.desk(), self.bill(), channel=channel, reference="R 1")

    def object(self) -> ObjectSaved:
        """Somebody has a car."""
        order = AddTaxableObject(taxpayer_id=a_taxpayer(self.app), kind="vehicle", attributes=CAR)
        return self.app.execute(order, self.clerk).outcome

    def asked(self, *steps: type[StartRequest | PrepareRequest]) -> Asked:
        """Somebody asked for an extract, paid for it, and it is so far."""
        asked = a_request(self.app, self.clerk)
        if steps:
            assert asked.taken.bill_id is not None
            pay(self.app, self.clerk, self.desk(), issued(self.app, asked.taken.bill_id))
        for step in steps:
            self.app.execute(step(number=asked.number), self.clerk)
        return asked

    def register_of_last_year(self) -> int:
        """An open register of a year that is over."""
        return self.app.execute(OpenActRegister(year=2025), self.clerk).outcome.register_id

    def file(self, *lines: str) -> str:
        """A file with these lines."""
        path = self.folder / "list.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return str(path)

    def at(self, day: date) -> None:
        """Nine in the morning of another day, whose books are open."""
        self.clock.instant = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        begin_the_day(self.app)


def change_user(town: Town) -> ChangeUser:
    row = next(one for one in town.app.read(Users(), town.clerk) if one.user_name == user_name(Role.CLERK))
    return ChangeUser(user_id=row.user_id, version=row.version, name="Somebody", roles=row.roles, active=True)


def return_tender(town: Town) -> ReturnTender:
    town.paid("cheque")
    ((tender_id,),) = rows(town.app, "SELECT id FROM tender")
    return ReturnTender(tender_id=tender_id, reason="no cover")


def take_back_business_day(town: Town) -> TakeBackBusinessDay:
    today = town.clock.instant
    town.at(date(2027, 11, 23))
    town.clock.instant = today
    return TakeBackBusinessDay(reason="the clock was wrong")


def open_business_day(town: Town) -> OpenBusinessDay:
    begin_the_day(town.app)
    # Not by way of ``instant``, which has the supervisor open it.
    town.clock._instant = datetime(2027, 11, 23, 9, tzinfo=UTC)
    return OpenBusinessDay(reason="the office was closed")


def keep_months(town: Town) -> KeepMonths:
    town.bill()
    town.at(date(2026, 12, 3))
    return KeepMonths()


def issue_roll(town: Town) -> IssueRoll:
    objects(town.app, "property", [a_home(20000)])
    return IssueRoll(head_code="TSC", period="2026")


def print_bills(town: Town) -> PrintBills:
    return PrintBills(folder=str(town.folder / "bills"), bill_ids=(town.bill().bill_id,))


def change_arms(town: Town) -> ChangeArms:
    path = town.folder / "arms.png"
    Image.new("RGB", (8, 8), "green").save(path)
    return ChangeArms(path=str(path))


def print_document(town: Town) -> PrintDocument:
    sheet = town.app.execute(IssueBillSheet(bill_id=town.bill().bill_id), town.clerk).outcome
    return PrintDocument(document_id=sheet.document_id)


def change_birth_act(town: Town) -> ChangeBirthAct:
    draft = a_draft(town.app, town.clerk)
    said = {**vars(a_birth(town.app, declarant="Somebody else"))}
    del said["register_id"]
    return ChangeBirthAct(**said, act_id=draft.act_id, version=draft.version)


def sign_act(town: Town) -> SignAct:
    draft = a_draft(town.app, town.clerk)
    return SignAct(act_id=draft.act_id, version=draft.version)


def discard_draft(town: Town) -> DiscardDraft:
    draft = a_draft(town.app, town.clerk)
    return DiscardDraft(act_id=draft.act_id, version=draft.version)


def take_request(town: Town) -> TakeRequest:
    return TakeRequest(
        key=str(uuid.uuid4()),
        document_code="birth_extract",
        act_id=a_signed_act(town.app, town.clerk).act_id,
        requester="Karim Bennani",
        identifier="CIN A123456",
        relation=Relation.PARENT,
    )


def change_object(town: Town) -> ChangeTaxableObject:
    saved = town.object()
    return ChangeTaxableObject(
        object_id=saved.object_id, version=saved.version, kind="vehicle", attributes=CAR | {"seats": 7}
    )


def end_object(town: Town) -> EndTaxableObject:
    saved = town.object()
    return EndTaxableObject(
        object_id=saved.object_id, version=saved.version, ended_on=date(2026, 11, 23), reason="sold"
    )


def void_fine(town: Town) -> VoidFine:
    approval = Approval(user_name=user_name(Role.MANAGER), password=PASSWORD)
    return VoidFine(number=a_fine(town.app, town.clerk).number, reason="wrong plate", approval=approval)


ORDERS: Mapping[type[Command[Any]], Callable[[Town], Command[Any]]] = {
    CreateUser: lambda _town: CreateUser(
        user_name="n.benali", name="Nadia Benali", password=NEW_PASSWORD, roles=frozenset({Role.CLERK})
    ),
    ChangeUser: change_user,
    SetPassword: lambda town: SetPassword(
        user_id=actor_with(town.app, Role.CLERK).user_id or 0, password=NEW_PASSWORD
    ),
    ChangeOwnPassword: lambda _town: ChangeOwnPassword(old_password=PASSWORD, new_password=NEW_PASSWORD),
    SignIn: lambda town: SignIn(user_name=town.clerk.user_name, password=PASSWORD, workstation="desk-1"),
    SaveTariff: lambda _town: SaveTariff(head_code="TSC", document=services_tax("2027-01-01")),
    IssueBillSheet: lambda town: IssueBillSheet(bill_id=town.bill().bill_id),
    IssueRoll: issue_roll,
    PrintBills: print_bills,
    IssueStatement: lambda town: IssueStatement(account_id=town.bill().account_id),
    ChangePenaltyRule: lambda _town: ChangePenaltyRule(
        head_code="TSC", spec={}, since=date(2027, 1, 1), document="Law 1-27"
    ),
    RebuildTotals: lambda _town: RebuildTotals(),
    OpenActRegister: lambda _town: OpenActRegister(year=2025),
    CloseActRegister: lambda town: CloseActRegister(register_id=town.register_of_last_year()),
    DraftBirthAct: lambda town: a_birth(town.app),
    ChangeBirthAct: change_birth_act,
    DiscardDraft: discard_draft,
    SignAct: sign_act,
    TakeRequest: take_request,
    StartRequest: lambda town: StartRequest(number=town.asked().number),
    PrepareRequest: lambda town: PrepareRequest(number=town.asked(StartRequest).number),
    DeliverRequest: lambda town: DeliverRequest(number=town.asked(StartRequest, PrepareRequest).number),
    ReworkRequest: lambda town: ReworkRequest(
        number=town.asked(StartRequest, PrepareRequest).number, cause=Cause.WRONG_ACT
    ),
    RefuseRequest: lambda town: RefuseRequest(number=town.asked().number, reason="gone"),
    OpenCashSession: lambda _town: OpenCashSession(desk=1, opening_float=money("500")),
    CloseCashSession: lambda town: CloseCashSession(
        cash_session_id=town.desk().cash_session_id, denominations={}
    ),
    TakePayment: lambda town: TakePayment(
        request_id=str(uuid.uuid4()),
        cash_session_id=town.desk().cash_session_id,
        charge_ids=town.bill().charge_ids,
    ),
    EnterStub: lambda town: a_stub(town.bill().charge_ids, "100", date(2026, 11, 20)),
    CancelReceipt: lambda town: a_cancellation(town.paid()),
    ReturnTender: return_tender,
    PrintDocument: print_document,
    ChangeArms: change_arms,
    ImportTaxpayers: lambda town: ImportTaxpayers(path=town.file("Réf;Nom et prénom", "R1;Amina Bennani")),
    ImportFines: lambda town: ImportFines(
        path=town.file(
            "number,plate,make,place,longitude,latitude,committed_at,officer,offence,remarks",
            "B12-0001,777-B-6,,Bab Boujloud,,,2026-11-22T18:20:00,B-12,S01,",
        )
    ),
    WriteList: lambda town: WriteList(
        path=str(town.folder / "list.csv"),
        kind="csv",
        shown=ShownList("taxpayers", "Taxpayers", [], lambda _ask: []),
    ),
    DrawList: lambda _town: DrawList(shown=ShownList("taxpayers", "Taxpayers", [], lambda _ask: [])),
    CaptureFine: lambda town: a_capture(town.app),
    IssueFineNotice: lambda town: IssueFineNotice(number=a_fine(town.app, town.clerk).number),
    VoidFine: void_fine,
    SetGoal: lambda _town: SetGoal(indicator="collection_rate", period="2026", target=Decimal("0.8")),
    KeepMonths: keep_months,
    OpenBusinessDay: open_business_day,
    TakeBackBusinessDay: take_back_business_day,
    RegisterTaxpayer: lambda _town: RegisterTaxpayer(name="Amina Bennani"),
    ChangeTaxpayer: lambda town: ChangeTaxpayer(
        taxpayer_id=a_taxpayer(town.app), version=1, name="Amina Tazi"
    ),
    AddTaxableObject: lambda town: AddTaxableObject(
        taxpayer_id=a_taxpayer(town.app), kind="vehicle", attributes=CAR
    ),
    ChangeTaxableObject: change_object,
    EndTaxableObject: end_object,
    Verify: lambda _town: Verify(),
    ExportToCheck: lambda town: ExportToCheck(path=str(town.folder / "export.sqlite3")),
    BeginHeadsAnew: lambda _town: BeginHeadsAnew(reason="a backup was put back"),
    MakeAnchor: lambda _town: MakeAnchor(),
    ChooseAnchorFolder: lambda town: ChooseAnchorFolder(folder=str(town.folder)),
    WriteAnchors: lambda _town: WriteAnchors(),
}
"""An order of each kind that can be carried out, with what must have happened before."""


def test_an_order_of_each_kind_is_tried() -> None:
    assert set(ORDERS) == set(every_subclass(Command))


@pytest.fixture
def town(app: App, clock: TownClock, tmp_path: Path) -> Town:
    return Town(app, clock, tmp_path)


def newest(app: App) -> list[AuditLine]:
    """The log, the newest line first."""
    return app.read(AuditLog(limit=1_000), everything(app))


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("kind", ORDERS, ids=lambda kind: kind.__name__)
def test_what_is_done_is_in_the_log(town: Town, kind: type[Command[Any]]) -> None:
    order = ORDERS[kind](town)
    assert type(order) is kind
    before = len(newest(town.app))
    town.app.execute(order, town.clerk)
    lines = newest(town.app)
    lines = lines[: len(lines) - before]
    assert bool(lines) is (kind not in SILENT)
    assert {line.user_name for line in lines} <= {town.clerk.user_name}
    assert {line.event for line in lines} <= set(every_event())
