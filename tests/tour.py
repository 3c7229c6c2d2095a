"""The main job, done unattended in the real window: what a person would look at is left in a folder.

A demonstration town is made; then a taxpayer is registered and billed, a fine captured, a birth recorded. At the
counter the tax is overpaid and the next bill paid by what was held; the fine is paid, an instalment by two means at
once, and a collector's stub is entered days after it was written. The extract is asked for, printed and handed over,
the till counted, the indicators opened and everything verified. The clerk's and the fines officer's work is typed and
clicked.
"""

import argparse
import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pypdfium2
from PySide6.QtCore import QElapsedTimer, QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from muniadmin.access.commands import SignIn
from muniadmin.access.reads import DemonstrationUsers
from muniadmin.app import App
from muniadmin.assessment.commands import IssueBillSheet, IssueRoll
from muniadmin.billing.reads import BillDetail, Bills, OneBill, OpenCharges, TaxpayerBalance
from muniadmin.civil_status.commands import (
    DeclarantKind,
    DeliverRequest,
    DraftBirthAct,
    OpenActRegister,
    PrepareRequest,
    Relation,
    SignAct,
    StartRequest,
    TakeRequest,
)
from muniadmin.civil_status.names import REQUEST_NUMBER
from muniadmin.civil_status.reads import ActRegisters, OneRequest
from muniadmin.collection.commands import CloseCashSession, OpenCashSession
from muniadmin.collection.reads import MySession, Receipts
from muniadmin.collection.rules import Channel
from muniadmin.demonstration.town import create_demonstration
from muniadmin.desktop import gallery
from muniadmin.desktop.collection.cash_page import TODAY
from muniadmin.desktop.shell.crash import Incidents
from muniadmin.desktop.shell.frame import Frame
from muniadmin.desktop.shell.main_window import MainWindow, speak
from muniadmin.desktop.shell.navigation import New, Scanned
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.theme import Scheme, theme
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.forms import Field
from muniadmin.desktop.widgets.labels import Text
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.fines.commands import IssueFineNotice
from muniadmin.fines.reads import Fines
from muniadmin.kernel.errors import NeedsConfirmation, UserError
from muniadmin.kernel.formats import format_date, format_money
from muniadmin.kernel.i18n import LANGUAGES, language
from muniadmin.kernel.money import Currency, Money
from muniadmin.kernel.permissions import Role, every_permission
from muniadmin.kernel.requests import Actor, Command, Query
from muniadmin.settings.profile import ObjectKind, RevenueHeadSpec, profile_codes
from muniadmin.settings.reads import TheProfile
from muniadmin.settings.tariffs import TariffExample
from muniadmin.taxpayers.commands import AddTaxableObject, ObjectData, RegisterTaxpayer
from muniadmin.verification.commands import Verify

T = TypeVar("T")

_PATIENCE_MS = 30_000
# The counter takes no Enter so soon after a scan: it would be the scanner's own.
_SCANNERS_ENTER_MS = 400
# A window or a page with something on it has more shades than this when it is made small.
_SHADES_OF_NOTHING = 8


class NothingHappened(UserError):
    """The window did not come to what the tour waited for."""

    message = "The tour waited for this in vain: {what}. It was here: {step} The window says: {says}"
    hint = "The picture stopped-here.png in {folder} shows the window as it was."


class NothingOnIt(UserError):
    """A picture or a document came out empty."""

    message = "There is nothing on {file}."
    hint = "Look at it and at the pictures before it in {folder}."


class Tour:
    """One walk through the program; every step leaves a picture, a document or a figure."""

    def __init__(
        self, folder: Path, language: str, profile: str, taxpayers: int, say: Callable[[str], None]
    ) -> None:
        self.folder, self.language, self.profile, self.taxpayers, self.say = (
            folder,
            language,
            profile,
            taxpayers,
            say,
        )
        self.pictures: list[str] = []
        self.papers: list[str] = []
        self.figures: dict[str, Any] = {}
        self.incidents = Incidents()
        self.incident_numbers: list[str] = []
        self.incidents.happened.connect(self._on_incident)
        self._incidents_in_words: list[str] = []
        self._step = ""
        self.window: MainWindow
        self.app: App

    # --- the story --------------------------------------------------------------------------------------------

    def walk(self) -> dict[str, Any]:
        """Does the whole day; the figures of its summary."""
        started = time.monotonic()
        self._make_town()
        self._open_window()
        try:
            self._register_and_bill()
            self._capture_fine()
            self._record_birth()
            self._at_the_counter()
            self._hand_over_extract()
            self._close_till()
            self._look_around()
            self._verify()
        finally:
            self.app.close()
        self.figures["seconds"] = round(time.monotonic() - started, 1)
        summary = {
            "profile": self.profile,
            "language": self.language,
            **self.figures,
            "pictures": self.pictures,
            "documents": self.papers,
        }
        text = json.dumps(summary, indent=2, ensure_ascii=False)
        (self.folder / "summary.json").write_text(text + "\n", encoding="utf-8")
        return summary

    def _begin(self, step: str) -> None:
        """The next part of the day; nothing of the part before may lie open above the window."""
        self.wait(lambda: QApplication.activeModalWidget() is None, "no dialog is open any more")
        self._step = step
        self.say(step)

    def _on_incident(self, number: str, details: str) -> None:
        self.incident_numbers.append(number)
        self._incidents_in_words.append(f"{number} {details.strip().splitlines()[-1]}")

    def _make_town(self) -> None:
        self._begin(f"Making a town of {self.taxpayers} taxpayers…")
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.iterdir():
            if old.suffix in {".png", ".pdf", ".json"} or old.name.startswith("town.db"):
                old.unlink()
        self.url = f"sqlite:///{(self.folder / 'town.db').resolve()}"
        create_demonstration(self.url, self.profile, self.taxpayers, 1)

    def _open_window(self) -> None:
        from muniadmin.bootstrap import open_app

        self._begin("Opening the window…")
        speak(self.language)
        preferences = Preferences()
        theme().apply(Scheme.LIGHT, preferences.accent)
        self.app = open_app(self.url)
        self.window = MainWindow(preferences, self.incidents)
        self.window.resize(1366, 768)
        self.window.opened(self.app, self.app.municipality, self.app.clock, "Local database")
        self.window.show()
        self.wait(self.window.isVisible, "the window")
        self.settle()
        self.picture("sign-in")

    def _register_and_bill(self) -> None:
        self._begin("Registering a taxpayer and issuing the tax roll…")
        profile = self.ask(TheProfile())
        officer = self.sign_in(Role.REVENUE_OFFICER)
        head = next(
            head
            for head in profile.heads
            if head.object_kind and head.tariffs and head.periodicity == "yearly"
        )
        registered = self.order(
            RegisterTaxpayer(
                name="Amina Bennani",
                name_arabic="أمينة بناني" if "arabic" in profile.scripts else "",
                born_on=date(1971, 3, 14),
                address="12, derb Sidi Ahmed",
                zone=profile.zones[0].code,
                objects=(ObjectData(**self._object_of(head, "TOUR-4471-B")),),
            ),
            officer,
        )
        self.figures["taxpayer"] = registered.number
        self.taxpayer_number, self.taxpayer_id = registered.number, registered.taxpayer_id
        calendar = self.app.municipality.calendar
        period = calendar.year(calendar.year_of(self.today())).name
        self.head, self.roll = head, IssueRoll(head_code=head.code, period=period)
        issued = self.order(self.roll, officer)
        self.figures["roll"] = {"head": head.code, "period": period, "bills": issued.bills}
        bill = self._bill_of_hers()
        self.bill_number = bill.number
        self.figures["bill"] = {"number": bill.number, "due": bill.due.minor, "parts": len(bill.instalments)}
        sheet = self.order(IssueBillSheet(bill_id=bill.bill_id), officer)
        self.paper("bill", sheet.document_id, officer)
        for page in ("taxpayers", "assessment"):
            self.go(page)
            self.picture(page)

    def _object_of(self, head: RevenueHeadSpec, mark: str) -> dict[str, Any]:
        """What she has that the head is levied on; ``mark`` tells it from others."""
        profile = self.ask(TheProfile())
        kind = profile.object_kind(head.object_kind or "")
        example = head.tariffs[-1].examples[-1] if head.tariffs[-1].examples else None
        return {
            "kind": kind.code,
            "label": "12, derb Sidi Ahmed",
            "zone": profile.zones[0].code,
            "attributes": _facts_of(kind, example, self.app.municipality.currency, mark),
            "started_on": date(self.today().year - 1, 1, 1),
        }

    def _bill_of_hers(self) -> BillDetail:
        """The newest bill that she owes something of."""
        charges = self.ask(OpenCharges(taxpayer_id=self.taxpayer_id))
        return self.ask(OneBill(bill_id=max(charge.bill_id for charge in charges)))

    def _capture_fine(self) -> None:
        self._begin("Capturing a fine…")
        officer = self.sign_in(Role.FINES_OFFICER)
        self.go("fines")
        self.frame().go("fines", New())
        dialog = self.dialog("CaptureDialog")
        self.settle()
        for field, text in (
            (dialog.plate, "12345 A 15"),
            (dialog.offence, self.ask(TheProfile()).offences[0].code),
            (dialog.place, "Avenue Hassan II"),
            (dialog.officer, "B-017"),
        ):
            field.setFocus()
            self.type(text, field)
            self.settle()
        self.picture("fine-capture")
        self.press(Qt.Key.Key_Return, dialog.officer)
        # The dialog itself must have heard of it: until then what is typed there counts as not saved.
        self.wait(dialog.success.isVisible, "the captured fine")
        dialog.reject()
        self.wait(lambda: _closed(dialog), "the dialog closes")
        fine = self.ask(Fines(limit=1), officer).rows[0]
        self.fine_number = fine.number
        self.figures["fine"] = {"number": fine.number}
        notice = self.order(IssueFineNotice(number=fine.number), officer)
        self.paper("fine-notice", notice.document_id, officer)
        self.go("fines")
        self.picture("fines")

    def _record_birth(self) -> None:
        self._begin("Recording a birth…")
        registrar = self.sign_in(Role.REGISTRAR)
        year = self.today().year
        registers = [one for one in self.ask(ActRegisters(open_only=True), registrar) if one.year == year]
        register_id = (
            registers[0].register_id
            if registers
            else self.order(OpenActRegister(year=year), registrar).register_id
        )
        arabic = "arabic" in self.ask(TheProfile()).scripts
        today = self.today()
        draft = self.order(
            DraftBirthAct(
                register_id=register_id,
                child_family_name="Bennani",
                child_given_names="Yasmine",
                child_family_name_arabic="بناني" if arabic else "",
                child_given_names_arabic="ياسمين" if arabic else "",
                sex="F",
                born_on=today,
                born_at="04:35",
                birthplace="Fès",
                birthplace_arabic="فاس" if arabic else "",
                father_family_name="Bennani",
                father_given_names="Karim",
                mother_family_name="Tazi",
                mother_given_names="Khadija",
                declarant_kind=DeclarantKind.FATHER,
                declarant="Karim Bennani",
                declared_on=today,
            ),
            registrar,
        )
        signed = self.order(SignAct(act_id=draft.act_id, version=draft.version), registrar)
        self.act_id = signed.act_id
        self.figures["act"] = f"{signed.seq}/{signed.year}"
        self.go("civil_status")
        self.picture("acts")

    def _at_the_counter(self) -> None:
        clerk = self.sign_in(Role.CLERK)
        self.order(OpenCashSession(desk=1, opening_float=self.money(500)), clerk)
        self.go("counter")
        self.picture("counter")
        self.figures["receipts"] = []
        self._begin("Paying the tax and the fine at the counter…")
        self._overpay("bill", self.bill_number)
        self.scan("fine", self.fine_number)
        self.pay("fine")
        self._begin("Paying an instalment by two means…")
        self._pay_instalment_by_two_means()
        self._begin("Using the money that is held…")
        self._use_what_is_held()
        document = next(one for one in self.ask(TheProfile()).civil_documents if "birth" in one.acts)
        clerk = self.actor
        taken = self.order(
            TakeRequest(
                key=str(uuid.uuid4()),
                document_code=document.code,
                act_id=self.act_id,
                requester="Karim Bennani",
                identifier="CIN A123456",
                relation=Relation.PARENT,
                copies=2,
            ),
            clerk,
        )
        self.request_number = taken.number
        self.figures["request"] = {"number": taken.number, "fee": taken.fee.minor}
        if taken.fee:
            self.scan("request", taken.number)
            self.pay("request")
        self._begin("Entering a stub that was written days ago…")
        self._enter_stub()

    def _overpay(self, name: str, number: str) -> None:
        """Pays more than is due: the question is answered with yes, and the rest is held."""
        panel = self.scan(name, number)
        panel.to_pay.begin_part()
        currency = self.app.municipality.currency
        more = Money((panel.to_pay.due.minor * 5 // 4 // currency.unit + 1) * currency.unit)
        self.fill(panel.to_pay.other, format_money(more, currency))
        self.press(Qt.Key.Key_Return, panel.to_pay.other)
        question = self.dialog("ConfirmDialog")
        self.wait(question.had_time, "time to read")
        self.picture(f"counter-{name}-more")
        self.press(Qt.Key.Key_Return, question.primary)
        self.receipt_of(name)
        held = self.ask(TaxpayerBalance(taxpayer_id=self.taxpayer_id)).credit
        self.figures["credit"] = {"held": held.minor}

    def _use_what_is_held(self) -> None:
        """Something else of hers is billed: what is held pays a part at once, and she the rest."""
        officer = self.sign_in(Role.REVENUE_OFFICER)
        another = self._object_of(self.head, "TOUR-4472-B")
        self.order(AddTaxableObject(taxpayer_id=self.taxpayer_id, **another), officer)
        self.order(self.roll, officer)
        bill = self._bill_of_hers()
        self.figures["credit"]["used"] = bill.settled.minor
        self.sign_in(Role.CLERK)
        self.scan("credit-used", bill.number)
        self.pay("credit-used")

    def _pay_instalment_by_two_means(self) -> None:
        bill = self._in_instalments()
        panel = self.scan("instalments", bill.number)
        in_cash = Money(panel.to_pay.due.minor // 2)
        currency = self.app.municipality.currency
        self.fill(panel.tenders.tendered, format_money(in_cash, currency))
        panel.tenders.add()
        panel.tenders.choose(Channel.CARD)
        self.fill(panel.tenders.reference, "004417")
        self.picture("counter-two-means")
        self.press(Qt.Key.Key_Return, panel.tenders.reference)
        self.receipt_of("instalments")
        receipt = self.ask(Receipts(limit=1), self.actor).rows[0]
        self.figures["instalments"] = {
            "bill": bill.number,
            "parts": len(bill.instalments),
            "open": _open_parts(bill),
            "means": list(receipt.channels),
        }

    def _in_instalments(self) -> BillDetail:
        """The bill of the town of which the most parts are open, best with something paid of it."""
        heads = [head for head in self.ask(TheProfile()).heads if len(head.due.instalments) > 1]
        found = [
            self.ask(OneBill(bill_id=row.bill_id))
            for head in heads
            for row in self.ask(Bills(head_code=head.code, state="open", limit=30)).rows
            if not row.suspended
        ]
        return max(found, key=lambda bill: (_open_parts(bill), bool(bill.settled), bill.bill_id))

    def _enter_stub(self) -> None:
        """A collector took the tax in time, and the office learns of it today: the penalty was never owed."""
        overdue = (
            self.ask(OneBill(bill_id=row.bill_id))
            for row in self.ask(Bills(state="overdue", limit=200)).rows
            if not row.suspended and not row.settled
        )
        bill = next(bill for bill in overdue if bill.kind == "roll" and bill.due > bill.total)
        page: Any = self.page("cash")
        dialog = page.enter_stub()
        self.settle()
        self.fill(dialog.book, "017")
        self.fill(dialog.number, "42")
        self.fill(dialog.day, format_date(bill.due_on))
        self.fill(dialog.bill, bill.number)
        dialog.bill.editingFinished.emit()
        self.settle()
        self.fill(dialog.amount, format_money(bill.total, self.app.municipality.currency))
        self.picture("stub")
        dialog.submit()
        self.wait(lambda: _closed(dialog), "the stub’s receipt")
        page.scope.set_value(TODAY)
        page.scope.chosen.emit(TODAY)
        self.settle()
        self.picture("stub-entered")
        receipt = self.ask(Receipts(limit=1), self.actor).rows[0]
        self.paper("receipt-stub", receipt.document_id, self.actor)
        self.figures["stub"] = {
            "number": receipt.number,
            "bill": bill.number,
            "due_before": bill.due.minor,
            "due_after": self.ask(OneBill(bill_id=bill.bill_id)).due.minor,
            "days_late": (receipt.booked_on - receipt.value_on).days,
        }

    def scan(self, name: str, number: str) -> Any:
        """Scans a paper; the panel in which it is paid."""
        page: Any = self.page("counter")
        page.clear()
        page.scan.setFocus()
        self.type(number, page.scan)
        self.press(Qt.Key.Key_Return, page.scan)
        self.wait(lambda: bool(page.list.ticked()), number)
        self.settle()
        self.picture(f"counter-{name}")
        self.pause(_SCANNERS_ENTER_MS)
        return page.panel

    def pay(self, name: str) -> None:
        """Enter pays exactly what is due in cash."""
        page: Any = self.page("counter")
        self.press(Qt.Key.Key_Return, page.panel.tenders.tendered)
        self.receipt_of(name)

    def receipt_of(self, name: str) -> None:
        """Waits for the receipt that the counter prints and shows, and keeps it."""
        page: Any = self.page("counter")

        def printed() -> bool:
            return bool(page.stack.currentWidget() is page.receipt and page.receipt.preview.pdf)

        self.wait(printed, f"the receipt ({name})")
        self.settle()
        self.picture(f"counter-{name}-paid")
        receipt = self.ask(Receipts(limit=1), self.actor).rows[0]
        self.figures["receipts"].append({"number": receipt.number, "amount": receipt.amount.minor})
        self.keep(f"receipt-{name}", page.receipt.preview.pdf)
        self.paper(f"receipt-{name}-duplicate", receipt.document_id, self.actor, ReceiptPaper.A5)

    def _hand_over_extract(self) -> None:
        self._begin("Preparing and handing over the extract…")
        clerk = self.actor
        self.order(StartRequest(number=self.request_number), clerk)
        self.order(PrepareRequest(number=self.request_number), clerk)
        delivered = self.order(DeliverRequest(number=self.request_number), clerk)
        if delivered.document_id is not None:
            self.paper("extract", delivered.document_id, clerk)
        self.figures["request"]["state"] = self.ask(OneRequest(number=self.request_number), clerk).row.state
        self.go("civil_status")
        self.frame().go("civil_status", Scanned(REQUEST_NUMBER, self.request_number))
        self.settle()
        self.picture("requests")

    def _close_till(self) -> None:
        self._begin("Counting and closing the till…")
        clerk = self.actor
        session = self.ask(MySession(), clerk)
        assert session is not None
        self.go("cash")
        self.picture("cash")
        left, pieces = session.cash_expected.minor, {}
        for denomination in reversed(self.ask(TheProfile()).denominations):
            count, left = divmod(left, denomination.value.minor)
            if count:
                pieces[denomination.value.minor] = count
        explanation = "coins too small to count" if left else ""
        closed = self.order(
            CloseCashSession(
                cash_session_id=session.cash_session_id, denominations=pieces, explanation=explanation
            ),
            clerk,
        )
        self.figures["till"] = {"expected": closed.expected.minor, "counted": closed.counted.minor}
        self.paper("cash-session-slip", closed.document_id, clerk)

    def _look_around(self) -> None:
        self._begin("Looking at the indicators and the administration…")
        self.sign_in(Role.MANAGER)
        self.go("indicators")
        self.settle()
        self.picture("indicators")
        self.sign_in(Role.ADMINISTRATOR)
        self.go("administration")
        self.picture("administration")

    def _verify(self) -> None:
        self._begin("Verifying everything…")
        auditor = self.actor_of(Role.SUPERVISOR)
        report = self.order(Verify(), auditor)
        self.figures["verified"] = {one.check: one.rows for one in report.checked}
        self.figures["findings"] = [finding.sentence() for finding in report.findings]
        self.figures["incidents"] = self.incident_numbers
        bills = self.ask(Bills(limit=1), auditor)
        self.figures["town"] = {
            "bills": bills.count,
            "billed": bills.total.minor,
            "settled": bills.settled.minor,
        }

    # --- people -----------------------------------------------------------------------------------------------

    def actor_of(self, role: Role) -> Actor:
        """The town's user with that role, signed in at this computer."""
        nobody = Actor(None, "", "", frozenset(), "tour")
        user = next(one for one in self.app.read(DemonstrationUsers(), nobody) if one.role == role)
        order = SignIn(user_name=user.user_name, password=user.password, workstation="tour")
        return self.app.execute(order, nobody).outcome.actor

    def sign_in(self, role: Role) -> Actor:
        """The window as somebody with that role sees it."""
        nobody = Actor(None, "", "", frozenset(), "tour")
        user = next(one for one in self.app.read(DemonstrationUsers(), nobody) if one.role == role)
        order = SignIn(user_name=user.user_name, password=user.password, workstation="tour")
        signed = self.app.execute(order, nobody).outcome
        if self.window.frame is not None:
            self.window.leave()
        self.window.signed_in(signed)
        self.actor = signed.actor
        self.settle()
        return signed.actor

    def ask(self, query: Query[T], actor: Actor | None = None) -> T:
        """Asks what the pages ask."""
        return self.app.read(
            query, actor or Actor(None, "tour", "tour", frozenset(every_permission()), "tour")
        )

    def order(self, command: Command[T], actor: Actor) -> T:
        """Orders what the pages order, and says yes to what they would ask."""
        confirmed: list[type[NeedsConfirmation]] = []
        while True:
            try:
                done = self.app.execute(command, actor, confirmed=confirmed)
            except NeedsConfirmation as question:
                confirmed.append(type(question))
            else:
                self.frame().shell.operations.changed.emit(done.changes)
                return done.outcome

    def money(self, major: int) -> Money:
        """An amount in the municipality's currency."""
        return self.app.municipality.currency.of(major)

    def today(self) -> date:
        """The municipality's business date."""
        return self.app.municipality.calendar.business_date(self.app.clock.now())

    # --- the window -------------------------------------------------------------------------------------------

    def frame(self) -> Frame:
        """The frame of whoever is signed in."""
        assert self.window.frame is not None
        return self.window.frame

    def page(self, page_id: str) -> QWidget:
        """A page, opened if it was not."""
        if self.frame().current_id != page_id:
            self.go(page_id)
        return self.frame().pages[page_id]

    def go(self, page_id: str) -> None:
        """Opens a page and waits until it is drawn."""
        self.frame().go(page_id)
        self.wait(lambda: self.frame().current_id == page_id, page_id)
        self.settle()

    def dialog(self, name: str) -> Any:
        """The dialog of that class, once it is in front of all others."""
        self.wait(lambda: type(QApplication.activeModalWidget()).__name__ == name, name)
        return QApplication.activeModalWidget()

    def type(self, text: str, widget: QWidget) -> None:
        """Types text as a keyboard or a scanner does."""
        for character in text:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(widget, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character))

    def press(self, key: Qt.Key, widget: QWidget) -> None:
        """Presses a key."""
        text = "\r" if key == Qt.Key.Key_Return else ""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))

    def fill(self, field: Any, text: str) -> None:
        """Types a text into a field in place of what stands there."""
        field.setFocus()
        field.selectAll()
        self.type(text, field)

    def settle(self) -> None:
        """Until all that was asked is answered and drawn."""
        gallery.settle(self.window)

    def pause(self, milliseconds: int) -> None:
        """Lets time pass."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def wait(self, ready: Callable[[], bool], what: str) -> None:
        """Waits until ``ready``. Raises NothingHappened."""
        clock = QElapsedTimer()
        clock.start()
        while not ready():
            if clock.elapsed() > _PATIENCE_MS:
                self._window_now().save(str(self.folder / "stopped-here.png"))
                raise NothingHappened(
                    what=what, step=self._step, says=self._window_says(), folder=self.folder
                )
            self.pause(20)

    def _window_says(self) -> str:
        """What somebody in front of the window would read: dialogs, notices, problems beside fields, incidents."""
        said = [f"[{dialog.windowTitle()}]" for dialog in _open_dialogs()]
        for window in (self.window, *_open_dialogs()):
            for banner in window.findChildren(Banner):
                if banner.isVisible():
                    said += [text.text() for text in banner.findChildren(Text) if text.isVisible()]
            said += [field.error.text() for field in window.findChildren(Field) if field.error.isVisible()]
        return " · ".join(text for text in [*said, *self._incidents_in_words] if text) or "nothing"

    # --- what is left -----------------------------------------------------------------------------------------

    def picture(self, name: str) -> None:
        """The whole window as it is now; a dialog that floats above it is in it. Raises NothingOnIt."""
        self.settle()
        file = f"{len(self.pictures) + 1:02d}-{name}.png"
        picture = self._window_now()
        picture.save(str(self.folder / file))
        self._ensure_something(file, picture.toImage())
        self.pictures.append(file)

    def _window_now(self) -> QPixmap:
        picture = self.window.grab()
        painter = QPainter(picture)
        for dialog in _open_dialogs():
            painter.fillRect(picture.rect(), QColor(0, 0, 0, 70))
            painter.drawPixmap(picture.rect().center() - dialog.rect().center(), dialog.grab())
        painter.end()
        return picture

    def paper(self, name: str, document_id: int, actor: Actor, paper: ReceiptPaper = ReceiptPaper.A5) -> None:
        """Prints a document into the folder."""
        self.keep(
            name, self.app.execute(PrintDocument(document_id=document_id, paper=paper), actor).outcome.pdf
        )

    def keep(self, name: str, pdf: bytes) -> None:
        """Leaves a PDF in the folder. Raises NothingOnIt."""
        file = f"{name}.pdf"
        (self.folder / file).write_bytes(pdf)
        page = pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil().convert("RGBX")
        drawn = QImage(page.tobytes(), page.width, page.height, QImage.Format.Format_RGB32)
        self._ensure_something(file, drawn)
        self.papers.append(file)

    def _ensure_something(self, file: str, drawn: QImage) -> None:
        small = drawn.scaled(
            64, 48, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        shades = {small.pixel(x, y) for x in range(small.width()) for y in range(small.height())}
        if len(shades) <= _SHADES_OF_NOTHING:
            raise NothingOnIt(file=file, folder=self.folder)


def _open_dialogs() -> list[QDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]


def _open_parts(bill: BillDetail) -> int:
    return sum(part.state != "settled" for part in bill.instalments)


def _facts_of(
    kind: ObjectKind, example: TariffExample | None, currency: Currency, mark: str
) -> dict[str, Any]:
    """Facts of an object of that kind, as objects keep them: those of the tariff's own example where it has one."""
    given = dict(example.inputs) if example is not None else {}
    plausible: dict[str, Any] = {
        "text": mark,
        "integer": 4,
        "decimal": "120",
        "money": currency.of(9000).minor,
        "boolean": True,
        "date": "2020-01-01",
    }
    facts: dict[str, Any] = {}
    for attribute in kind.attributes:
        if attribute.code in given:
            value: Any = given[attribute.code]
            if attribute.type == "money":
                value = currency.of(value).minor
            elif attribute.type == "decimal":
                value = str(value)
            facts[attribute.code] = value
        elif attribute.required or attribute.identifies:
            facts[attribute.code] = (
                attribute.choices[0].code if attribute.type == "choice" else plausible[attribute.type]
            )
    return facts


def _closed(dialog: QWidget) -> bool:
    """Whether a dialog was answered: it is hidden, and gone a moment later."""
    return not isValid(dialog) or not dialog.isVisible()


def main(arguments: Sequence[str]) -> int:
    """Walks through the program and says where the pictures, PDFs and figures are."""
    parser = argparse.ArgumentParser(prog="./run tour", description="Does the main job unattended.")
    parser.add_argument("--out", default="out/tour", metavar="FOLDER", help="where the results go")
    parser.add_argument(
        "--profile", default="fes", choices=profile_codes(), help="the demonstration town’s profile"
    )
    parser.add_argument("--taxpayers", type=int, default=500, metavar="N", help="size of the town")
    parser.add_argument(
        "--language", default=language(), choices=list(LANGUAGES), help="language of the screens"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    given = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # nobody need watch, and there may be no display
    qt = QApplication.instance() or QApplication([])
    qt.setQuitOnLastWindowClosed(False)  # type: ignore[attr-defined]

    def say(text: str) -> None:
        if not given.json:
            print(f"{datetime.now().astimezone():%H:%M:%S}  {text}", flush=True)

    tour = Tour(Path(given.out), given.language, given.profile, given.taxpayers, say)
    summary = tour.walk()
    if given.json:
        print(json.dumps(summary, ensure_ascii=False))
    else:
        currency = tour.app.municipality.currency
        for receipt in summary["receipts"]:
            amount = format_money(Money(receipt["amount"]), currency, with_code=True)
            say("Receipt {number}: {amount}".format(number=receipt["number"], amount=amount))
        say(
            "{pictures} pictures, {documents} PDFs and summary.json are in {folder}.".format(
                pictures=len(summary["pictures"]), documents=len(summary["documents"]), folder=tour.folder
            )
        )
    return 1 if summary["findings"] or summary["incidents"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
