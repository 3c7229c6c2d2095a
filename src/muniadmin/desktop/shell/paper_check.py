"""Checks a paper by its square code: genuine, cancelled, forged, and what to do with it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from muniadmin.collection.names import RECEIPT_NUMBER
from muniadmin.collection.sheets import ReceiptSheet
from muniadmin.desktop.shell.navigation import Scanned
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.dialogs import Dialog
from muniadmin.desktop.widgets.fields import SearchField
from muniadmin.desktop.widgets.labels import ElidedText, Role, Text
from muniadmin.desktop.widgets.layouts import clear, column, show_if
from muniadmin.documents.errors import DamagedText
from muniadmin.documents.scanned import as_text
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _
from muniadmin.kernel.numbers import WrongNumber
from muniadmin.verification.reads import CheckedPaper, CheckPaper, Verdict
from muniadmin.verification.wording import differences_of, facts_of, words_of

_TONES = {Verdict.GENUINE: Tone.GOOD, Verdict.OTHER_KEY: Tone.WARNING}


class PaperCheckDialog(Dialog):
    """A field for the scanner; below it the answer and what to compare the paper with, until the next scan."""

    def __init__(self, parent: QWidget | None, shell: Shell, text: str = "") -> None:
        self._shell = shell
        self._paper: CheckedPaper | None = None
        self.code = SearchField(
            _("Square code"),
            placeholder=_("Scan the square code of a receipt or an extract"),
            scale="scan",
        )
        self.answer = Banner()
        self.answer.can_close(False)
        self.answer.hide()
        self.differences = _Differences()
        self.differences.hide()
        self.heading_of_facts = Text("", Role.STRONG)
        self.facts = DefinitionRows(muted="label")
        self._facts = QWidget()
        self._facts.setLayout(column(self.heading_of_facts, self.facts, spacing=10))
        self._facts.hide()
        super().__init__(
            parent,
            _("Check a paper"),
            self.code,
            self.answer,
            self.differences,
            self._facts,
            primary=_("Check the paper"),
            cancel=_("Close"),
            icon="shield-check",
            width=640,
        )
        self.show_it = Button(_("Show the receipt"), icon="receipt")
        self.show_it.clicked.connect(self._show_receipt)
        self.show_it.hide()
        self.aside.addWidget(self.show_it)
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)
        if text:
            self.check(text)

    def take_scan(self, text: str) -> None:
        """Whatever is scanned while this is open is meant for it."""
        self.check(text)

    def check(self, text: str) -> None:
        """Asks about what was scanned."""
        self.code.setText(as_text(text))
        self.submit()

    def submit(self) -> None:
        """Asks about what stands in the field."""
        self.primary.setEnabled(False)
        self._shell.operations.read(
            CheckPaper(text=as_text(self.code.text())),
            then=self.show_paper,
            failed=self.refuse,
            undone=self.unlock,
            owner=self,
            key="paper",
        )

    def show_paper(self, paper: CheckedPaper) -> None:
        """The answer in words, what the code says otherwise, and what to compare the paper with."""
        self._paper = paper
        words = words_of(paper)
        self.answer.say(_TONES.get(paper.verdict, Tone.BAD), words.sentence, words.advice)
        self.differences.set_rows(differences_of(paper))
        self.heading_of_facts.setText(
            _("What this municipality issued under this number")
            if paper.issued is not None
            else _("What the code says, which nothing confirms")
        )
        self.facts.set_rows(facts_of(paper))
        show_if(self._facts, True)
        show_if(self.show_it, isinstance(paper.issued, ReceiptSheet))
        self._ready()

    def refuse(self, problem: UserError) -> None:
        """What was scanned is no code, or cannot be checked now."""
        self._paper = None
        tone = Tone.WARNING if isinstance(problem, DamagedText | WrongNumber) else Tone.BAD
        self.answer.say(tone, problem.sentence(), problem.advice())
        for part in (self.differences, self._facts, self.show_it):
            part.hide()
        self._ready()

    def _ready(self) -> None:
        """The next scan takes the place of this one."""
        self.primary.setEnabled(True)
        self.code.take_focus()

    def _show_receipt(self) -> None:
        if self._paper is not None:
            self.accept()
            self._shell.go("cash", Scanned(RECEIPT_NUMBER, self._paper.number))


class _Differences(QWidget):
    """Field by field, what the code says and what was issued."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self.setLayout(self._grid)

    def set_rows(self, rows: list[tuple[str, str, str]]) -> None:
        """Other rows; without any it is not there."""
        clear(self._grid)
        show_if(self, bool(rows))
        for place, title in enumerate(("", _("In the code"), _("As issued"))):
            self._grid.addWidget(Text(title, Role.MUTED), 0, place)
        for line, (field, on_paper, issued) in enumerate(rows, 1):
            self._grid.addWidget(Text(field, Role.MUTED), line, 0)
            self._grid.addWidget(ElidedText(on_paper, Role.BAD), line, 1)
            self._grid.addWidget(ElidedText(issued, Role.STRONG), line, 2)
