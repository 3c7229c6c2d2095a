"""The main job, done unattended in the real window: what a person would look at is left in a folder.

A demonstration town is made; then a taxpayer is registered and billed, a fine captured, both paid at the counter with a
receipt each, a birth recorded and its extract asked for, printed and handed over, the till counted, the indicators
opened and everything verified. The clerk's and the fines officer's work is typed and clicked.
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

from PySide6.QtCore import QElapsedTimer, QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from muniadmin.access.commands import SignIn
from muniadmin.access.permissions import Permission, Role
from muniadmin.access.reads import DemonstrationUsers
from muniadmin.app import App
from muniadmin.assessment.commands import IssueBillSheet, IssueRoll
from muniadmin.billing.reads import Bills, OpenBills
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
from muniadmin.civil_status.reads import ActRegisters, OneRequest
from muniadmin.collection.commands import CloseCashSession, OpenCashSession
from muniadmin.collection.reads import MySession, Receipts
from muniadmin.demonstration.town import create_demonstration
from muniadmin.desktop.shell.crash import Incidents
from muniadmin.desktop.shell.frame import Frame
from muniadmin.desktop.shell.main_window import MainWindow, speak
from muniadmin.desktop.shell.navigation import New, Scanned
from muniadmin.desktop.shell.preferences import Preferences
from muniadmin.desktop.theme import Scheme, theme
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import ReceiptPaper
from muniadmin.fines.commands import IssueFineNotice
from muniadmin.fines.reads import Fines
from muniadmin.kernel.errors import NeedsConfirmation, UserError
from muniadmin.kernel.formats import format_money
from muniadmin.kernel.i18n import LANGUAGES, N_, _, language, ngettext
from muniadmin.kernel.money import Currency, Money
from muniadmin.kernel.numbers import NumberKind
from muniadmin.kernel.requests import Actor, Command, Query
from muniadmin.settings.profile import ObjectKind, profile_codes
from muniadmin.settings.reads import TheProfile
from muniadmin.settings.tariffs import TariffExample
from muniadmin.taxpayers.commands import ObjectData, RegisterTaxpayer
from muniadmin.verification.commands import Verify

T = TypeVar("T")

_PATIENCE_MS = 30_000


class NothingHappened(UserError):
    """The window did not come to what the tour waited for."""

    message = N_("The tour waited for this in vain: {what}.")
    hint = N_("The last picture in {folder} shows where it stopped.")


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
        self.incidents.happened.connect(lambda number, _details: self.incident_numbers.append(number))
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

    def _make_town(self) -> None:
        making = ngettext(
            "Making a town of {count} taxpayer…", "Making a town of {count} taxpayers…", self.taxpayers
        )
        self.say(making.format(count=self.taxpayers))
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.iterdir():
            if old.suffix in {".png", ".pdf", ".json"} or old.name.startswith("town.db"):
                old.unlink()
        self.url = f"sqlite:///{(self.folder / 'town.db').resolve()}"
        create_demonstration(self.url, self.profile, self.taxpayers, 1)

    def _open_window(self) -> None:
        from muniadmin.bootstrap import open_app

        self.say(_("Opening the window…"))
        speak(self.language)
        preferences = Preferences()
        theme().apply(Scheme.LIGHT, preferences.accent)
        self.app = open_app(self.url)
        self.window = MainWindow(preferences, self.incidents)
        self.window.resize(1366, 768)
        self.window.opened(self.app, self.app.municipality, self.app.clock, _("Local database"))
        self.window.show()
        self.wait(self.window.isVisible, _("the window"))
        self.settle()
        self.picture("sign-in")

    def _register_and_bill(self) -> None:
        self.say(_("Registering a taxpayer and issuing the tax roll…"))
        profile = self.ask(TheProfile())
        officer = self.sign_in(Role.REVENUE_OFFICER)
        head = next(
            head
            for head in profile.heads
            if head.object_kind and head.tariffs and head.periodicity == "yearly"
        )
        example = head.tariffs[-1].examples[-1] if head.tariffs[-1].examples else None
        kind = profile.object_kind(head.object_kind or "")
        registered = self.order(
            RegisterTaxpayer(
                name="Amina Bennani",
                name_arabic="أمينة بناني" if "arabic" in profile.scripts else "",
                born_on=date(1971, 3, 14),
                address="12, derb Sidi Ahmed",
                zone=profile.zones[0].code,
                objects=(
                    ObjectData(
                        kind=kind.code,
                        label="12, derb Sidi Ahmed",
                        zone=profile.zones[0].code,
                        attributes=_facts_of(kind, example, self.app.municipality.currency),
                        started_on=date(self.today().year - 1, 1, 1),
                    ),
                ),
            ),
            officer,
        )
        self.figures["taxpayer"] = registered.number
        self.taxpayer_number, self.taxpayer_id = registered.number, registered.taxpayer_id
        calendar = self.app.municipality.calendar
        period = calendar.year(calendar.year_of(self.today())).name
        issued = self.order(IssueRoll(head_code=head.code, period=period), officer)
        bills = self.ask(OpenBills(taxpayer_id=self.taxpayer_id), officer)
        self.figures["roll"] = {"head": head.code, "period": period, "bills": issued.bills}
        self.bill_number = bills[0].number
        self.figures["bill"] = {"number": bills[0].number, "due": bills[0].due.minor}
        sheet = self.order(IssueBillSheet(bill_id=bills[0].bill_id), officer)
        self.paper("bill", sheet.document_id, officer)
        for page in ("taxpayers", "assessment"):
            self.go(page)
            self.picture(page)

    def _capture_fine(self) -> None:
        self.say(_("Capturing a fine…"))
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
            self.settle(100)
        self.picture("fine-capture")
        before = self.ask(Fines(limit=1), officer).count
        self.press(Qt.Key.Key_Return, dialog.officer)
        self.wait(lambda: self.ask(Fines(limit=1), officer).count > before, _("the captured fine"))
        dialog.reject()
        fine = self.ask(Fines(limit=1), officer).rows[0]
        self.fine_number = fine.number
        self.figures["fine"] = {"number": fine.number}
        notice = self.order(IssueFineNotice(number=fine.number), officer)
        self.paper("fine-notice", notice.document_id, officer)
        self.go("fines")
        self.picture("fines")

    def _record_birth(self) -> None:
        self.say(_("Recording a birth…"))
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
        self.say(_("Paying the tax and the fine at the counter…"))
        clerk = self.sign_in(Role.CLERK)
        self.order(OpenCashSession(desk=1, opening_float=self.money(500)), clerk)
        self.go("counter")
        self.picture("counter")
        self.figures["receipts"] = []
        for name, number in (("bill", self.bill_number), ("fine", self.fine_number)):
            self.scan_and_pay(name, number, clerk)
        document = next(one for one in self.ask(TheProfile()).civil_documents if "birth" in one.acts)
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
            self.scan_and_pay("request", taken.number, clerk)

    def scan_and_pay(self, name: str, number: str, clerk: Actor) -> None:
        """Scan, Enter, Enter: as a cashier does it."""
        page: Any = self.page("counter")
        before = self.ask(Receipts(limit=1), clerk).count
        page.clear()
        page.scan.setFocus()
        self.type(number, page.scan)
        self.press(Qt.Key.Key_Return, page.scan)
        self.wait(lambda: bool(page.list.ticked()), number)
        self.settle()
        self.picture(f"counter-{name}")
        self.press(Qt.Key.Key_Return, page.panel.tendered)
        self.wait(lambda: self.ask(Receipts(limit=1), clerk).count > before, _("the receipt"))
        self.settle(600)
        self.picture(f"counter-{name}-paid")
        receipt = self.ask(Receipts(limit=1), clerk).rows[0]
        self.figures["receipts"].append({"number": receipt.number, "amount": receipt.amount.minor})
        # The counter has printed the original; it is shown there.
        self.keep(f"receipt-{name}", page.receipt.preview.pdf)
        self.paper(f"receipt-{name}-duplicate", receipt.document_id, clerk, ReceiptPaper.A5)

    def _hand_over_extract(self) -> None:
        self.say(_("Preparing and handing over the extract…"))
        clerk = self.actor
        self.order(StartRequest(number=self.request_number), clerk)
        self.order(PrepareRequest(number=self.request_number), clerk)
        delivered = self.order(DeliverRequest(number=self.request_number), clerk)
        if delivered.document_id is not None:
            self.paper("extract", delivered.document_id, clerk)
        self.figures["request"]["state"] = self.ask(OneRequest(number=self.request_number), clerk).row.state
        self.go("civil_status")
        self.frame().go("civil_status", Scanned(NumberKind.REQUEST, self.request_number))
        self.settle(600)
        self.picture("requests")

    def _close_till(self) -> None:
        self.say(_("Counting and closing the till…"))
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
        explanation = _("coins too small to count") if left else ""
        closed = self.order(
            CloseCashSession(
                cash_session_id=session.cash_session_id, denominations=pieces, explanation=explanation
            ),
            clerk,
        )
        self.figures["till"] = {"expected": closed.expected.minor, "counted": closed.counted.minor}
        self.paper("cash-session-slip", closed.document_id, clerk)

    def _look_around(self) -> None:
        self.say(_("Looking at the indicators and the administration…"))
        self.sign_in(Role.MANAGER)
        self.go("indicators")
        self.settle(1500)
        self.picture("indicators")
        self.sign_in(Role.ADMINISTRATOR)
        self.go("administration")
        self.picture("administration")

    def _verify(self) -> None:
        self.say(_("Verifying everything…"))
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
        self.window.signed_in(signed)
        self.actor = signed.actor
        self.settle()
        return signed.actor

    def ask(self, query: Query[T], actor: Actor | None = None) -> T:
        """Asks what the pages ask."""
        return self.app.read(query, actor or Actor(None, "tour", "tour", frozenset(Permission), "tour"))

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
        found = self.window.findChildren(Frame)
        return found[-1]

    def page(self, page_id: str) -> QWidget:
        """A page, opened if it was not."""
        if self.frame().current_id != page_id:
            self.go(page_id)
        return self.frame().pages[page_id]

    def go(self, page_id: str) -> None:
        """Opens a page and waits until it is drawn."""
        self.frame().go(page_id)
        self.wait(lambda: self.frame().current_id == page_id, page_id)
        self.settle(700)

    def dialog(self, name: str) -> Any:
        """The dialog of that class, once it is open."""

        def found() -> list[QWidget]:
            return [
                one
                for one in QApplication.topLevelWidgets()
                if type(one).__name__ == name and one.isVisible()
            ] + [
                one
                for one in self.window.findChildren(QWidget)
                if type(one).__name__ == name and one.isVisible()
            ]

        self.wait(lambda: bool(found()), name)
        return found()[0]

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

    def settle(self, milliseconds: int = 300) -> None:
        """Lets the window do what it has to do."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def wait(self, ready: Callable[[], bool], what: str) -> None:
        """Waits until ``ready``. Raises NothingHappened."""
        clock = QElapsedTimer()
        clock.start()
        while not ready():
            if clock.elapsed() > _PATIENCE_MS:
                self.picture("stopped-here")
                raise NothingHappened(what=what, folder=self.folder)
            self.settle(50)

    # --- what is left -----------------------------------------------------------------------------------------

    def picture(self, name: str) -> None:
        """The whole window as it is now; a dialog that floats above it is in it."""
        file = f"{len(self.pictures) + 1:02d}-{name}.png"
        picture = self.window.grab()
        painter = QPainter(picture)
        for one in QApplication.topLevelWidgets():
            if isinstance(one, QDialog) and one.isVisible():
                painter.fillRect(picture.rect(), QColor(0, 0, 0, 70))
                painter.drawPixmap(picture.rect().center() - one.rect().center(), one.grab())
        painter.end()
        picture.save(str(self.folder / file))
        self.pictures.append(file)

    def paper(self, name: str, document_id: int, actor: Actor, paper: ReceiptPaper = ReceiptPaper.A5) -> None:
        """Prints a document into the folder."""
        self.keep(
            name, self.app.execute(PrintDocument(document_id=document_id, paper=paper), actor).outcome.pdf
        )

    def keep(self, name: str, pdf: bytes) -> None:
        """Leaves a PDF in the folder."""
        file = f"{name}.pdf"
        (self.folder / file).write_bytes(pdf)
        self.papers.append(file)


def _facts_of(kind: ObjectKind, example: TariffExample | None, currency: Currency) -> dict[str, Any]:
    """Facts of an object of that kind, as objects keep them: those of the tariff's own example where it has one."""
    given = dict(example.inputs) if example is not None else {}
    plausible: dict[str, Any] = {
        "text": "TOUR-4471-B",
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


def main(arguments: Sequence[str]) -> int:
    """``muniadmin tour``: walks through the program and says where the pictures, PDFs and figures are."""
    parser = argparse.ArgumentParser(prog="muniadmin tour", description=_("Does the main job unattended."))
    parser.add_argument("--out", default="out/tour", metavar="FOLDER", help=_("where the results go"))
    parser.add_argument(
        "--profile", default="fes", choices=profile_codes(), help=_("the demonstration town’s profile")
    )
    parser.add_argument("--taxpayers", type=int, default=500, metavar="N", help=_("size of the town"))
    parser.add_argument(
        "--language", default=language(), choices=list(LANGUAGES), help=_("language of the screens")
    )
    parser.add_argument("--json", action="store_true", help=_("print the summary as JSON"))
    given = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # nobody need watch, and there may be no display
    qt = QApplication.instance() or QApplication([])
    qt.setQuitOnLastWindowClosed(False)  # type: ignore[attr-defined]

    def say(text: str) -> None:
        if not given.json:
            print(f"{datetime.now().astimezone():%H:%M:%S}  {text}", flush=True)  # noqa: T201 - the tour's own screen

    tour = Tour(Path(given.out), given.language, given.profile, given.taxpayers, say)
    summary = tour.walk()
    if given.json:
        print(json.dumps(summary, ensure_ascii=False))  # noqa: T201 - the tour's own screen
    else:
        currency = tour.app.municipality.currency
        for receipt in summary["receipts"]:
            amount = format_money(Money(receipt["amount"]), currency, with_code=True)
            say(_("Receipt {number}: {amount}").format(number=receipt["number"], amount=amount))
        say(
            _("{pictures} pictures, {documents} PDFs and summary.json are in {folder}.").format(
                pictures=len(summary["pictures"]), documents=len(summary["documents"]), folder=tour.folder
            )
        )
    return 1 if summary["findings"] or summary["incidents"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
