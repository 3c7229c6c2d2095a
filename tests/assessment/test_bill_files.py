"""Bills printed by the hundred: files of one zone each, everyone's original once, gone on with after a stop."""

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pypdfium2
import pytest
import zxingcpp

from muniadmin.app import App
from muniadmin.assessment import bill_files
from muniadmin.assessment.commands import BillsPrinted, IssueBillSheet, IssueRoll, PrintBills
from muniadmin.assessment.errors import FolderUnwritable, PrintedFileNotMoved
from muniadmin.assessment.wording import bills_printed_in_words
from muniadmin.billing.reads import Bills
from muniadmin.documents import rolls
from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.reads import DocumentPrints
from muniadmin.documents.services import record_originals
from muniadmin.kernel.errors import Cancelled, InvalidInput
from muniadmin.kernel.permissions import Role
from muniadmin.kernel.requests import Actor
from muniadmin.storage.unit_of_work import UnitOfWork
from tests.assessment.register import a_home, objects
from tests.builders import a_bill, a_taxpayer, an_open_desk, issued, pay
from tests.documents.samples import ON_PAPER

ActorOf = Callable[[Role], Actor]


@pytest.fixture
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """One draws all files, for tests that are not about several at once: to start one takes a second."""
    monkeypatch.setattr(rolls, "WORKERS", 1)


def a_roll(app: App, officer: Actor, *, medina: int = 3, agdal: int = 2) -> list[str]:
    """Bills of two zones; their numbers."""
    objects(app, "property", [a_home(36000 + 100 * place) for place in range(medina)], zone="medina")
    objects(app, "property", [a_home(40000 + 100 * place) for place in range(agdal)], zone="agdal")
    app.execute(IssueRoll(head_code="TH", period="2026"), officer)
    return [row.number for row in reversed(app.read(Bills(head_code="TH"), officer).rows)]


def order(folder: Path) -> PrintBills:
    return PrintBills(head_code="TH", period="2026", folder=str(folder))


def numbers_in(folder: Path) -> dict[str, list[str]]:
    """Of each file the numbers its pages bear as bar codes."""
    found = {}
    for file in sorted(folder.glob("*.pdf")):
        pages = [page.render(scale=150 / 72).to_pil() for page in pypdfium2.PdfDocument(file)]
        found[file.name] = [
            one.text for page in pages for one in zxingcpp.read_barcodes(page, formats=ON_PAPER)
        ]
    return found


def printings(app: App, officer: Actor) -> list[int]:
    """How often each bill of the roll was printed, in the order of their numbers."""
    counts = []
    for row in reversed(app.read(Bills(head_code="TH"), officer).rows):
        sheet = app.execute(IssueBillSheet(bill_id=row.bill_id), officer).outcome
        counts.append(len(app.read(DocumentPrints(document_id=sheet.document_id), officer)))
    return counts


class Killed(BaseException):
    """The computer stops at this instant: nothing that follows is done."""


def killed_at(app: App, officer: Actor, wanted: PrintBills, moment: str) -> None:
    """The order, killed when the program comes to ``moment`` for the first time."""

    def killed(*_anything: object, **_named: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bill_files, moment, killed)
        with pytest.raises(Killed):
            app.execute(wanted, officer)


def test_a_roll_is_printed_as_files_of_one_zone_each(app: App, actor: ActorOf, tmp_path: Path) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    numbers = a_roll(app, officer)
    told: list[tuple[int, int]] = []
    folder = tmp_path / "new" / "roll"
    outcome = app.execute(order(folder), officer, progress=lambda done, of: told.append((done, of))).outcome
    assert outcome == BillsPrinted(folder=str(folder), files=2, bills=5, before=0)
    found = numbers_in(folder)
    assert sorted(number for inside in found.values() for number in inside) == numbers
    assert sorted(len(inside) for inside in found.values()) == [2, 3]
    for name, inside in found.items():
        assert min(inside) in name
        assert max(inside) in name
    assert told[0] == (0, 5)
    assert told[-1] == (5, 5)
    assert printings(app, officer) == [1] * 5
    assert "5 bills are in" in bills_printed_in_words(outcome)


@pytest.mark.usefixtures("one_process")
def test_what_was_printed_is_printed_no_second_time(app: App, actor: ActorOf, tmp_path: Path) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    numbers = a_roll(app, officer)
    one = app.read(Bills(text=numbers[1]), officer).rows[0]
    sheet = app.execute(IssueBillSheet(bill_id=one.bill_id), officer).outcome
    app.execute(PrintDocument(document_id=sheet.document_id), officer)
    first = app.execute(order(tmp_path / "1"), officer).outcome
    assert (first.bills, first.before) == (4, 1)
    again = app.execute(order(tmp_path / "2"), officer).outcome
    assert (again.files, again.bills, again.before) == (0, 0, 5)
    assert list((tmp_path / "2").iterdir()) == []
    assert printings(app, officer) == [1] * 5


def test_a_selection_and_what_is_paid(app: App, actor: ActorOf, tmp_path: Path) -> None:
    officer, clerk = actor(Role.REVENUE_OFFICER), actor(Role.CLERK)
    numbers = a_roll(app, officer)
    rows = {row.number: row for row in app.read(Bills(head_code="TH"), officer).rows}
    paid = a_bill(app, "100", taxpayer_id=a_taxpayer(app))
    pay(app, clerk, an_open_desk(app, clerk), paid)
    chosen = (paid.bill_id, rows[numbers[1]].bill_id)
    outcome = app.execute(PrintBills(folder=str(tmp_path / "some"), bill_ids=chosen), officer).outcome
    assert outcome.bills == 1
    assert [one for inside in numbers_in(tmp_path / "some").values() for one in inside] == [numbers[1]]


def test_a_file_lies_in_the_order_in_which_it_is_delivered(app: App, actor: ActorOf, tmp_path: Path) -> None:
    """House after house, though the second owner’s were registered later."""
    officer = actor(Role.REVENUE_OFFICER)
    for houses in (3, 2):  # 1, 2, 3, derb Sidi Ahmed; then 1 and 2 again
        objects(app, "property", [a_home(36000) for _house in range(houses)])
    app.execute(IssueRoll(head_code="TH", period="2026"), officer)
    first, second, third, later, last = (
        row.number for row in reversed(app.read(Bills(head_code="TH"), officer).rows)
    )
    app.execute(order(tmp_path), officer)
    assert list(numbers_in(tmp_path).values()) == [[first, later, second, last, third]]


@pytest.mark.parametrize("kind", ["hand", "opening"])
def test_bills_made_by_hand_and_debts_taken_over_are_printed_too(
    app: App, actor: ActorOf, tmp_path: Path, kind: Literal["hand", "opening"]
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    bill = a_bill(app, "300", taxpayer_id=a_taxpayer(app), kind=kind)
    outcome = app.execute(PrintBills(folder=str(tmp_path), head_code="TSC"), officer).outcome
    assert outcome.bills == 1
    assert list(numbers_in(tmp_path).values()) == [[bill.number]]


def test_a_bill_that_somebody_printed_meanwhile_is_left_out_and_all_others_come(
    app: App, actor: ActorOf, tmp_path: Path
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    numbers = a_roll(app, officer)
    printed: list[str] = []

    def print_one(_done: int, _of: int) -> None:
        if not printed:
            printed.append(numbers[0])
            row = app.read(Bills(text=numbers[0]), officer).rows[0]
            sheet = app.execute(IssueBillSheet(bill_id=row.bill_id), officer).outcome
            app.execute(PrintDocument(document_id=sheet.document_id), officer)

    outcome = app.execute(order(tmp_path), officer, progress=print_one).outcome
    found = sorted(number for inside in numbers_in(tmp_path).values() for number in inside)
    assert found == numbers[1:]
    for name, inside in numbers_in(tmp_path).items():
        assert min(inside) in name
        assert max(inside) in name
    assert outcome.bills == len(found)
    assert printings(app, officer) == [1] * len(numbers)


def test_a_stopped_job_keeps_whole_files_and_goes_on(
    app: App, actor: ActorOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bill_files, "PAPERS_IN_FILE", 2)
    officer = actor(Role.REVENUE_OFFICER)
    numbers = a_roll(app, officer, medina=7, agdal=4)
    folder = tmp_path / "roll"

    def stop(done: int, _of: int) -> None:
        if done >= 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        app.execute(order(folder), officer, progress=stop)
    assert len(list(folder.iterdir())) == sum(printings(app, officer)) // 2
    outcome = app.execute(order(folder), officer).outcome
    assert outcome.before >= 2
    assert outcome.bills + outcome.before == len(numbers)
    assert sorted(number for inside in numbers_in(folder).values() for number in inside) == numbers
    assert printings(app, officer) == [1] * len(numbers)


@pytest.mark.usefixtures("one_process")
def test_bills_with_letters_that_no_font_has_are_left_out_and_named(
    app: App, actor: ActorOf, tmp_path: Path
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    objects(app, "property", [a_home(36000)], taxpayer_id=a_taxpayer(app, name="李小龍"))
    numbers = a_roll(app, officer)
    outcome = app.execute(order(tmp_path), officer).outcome
    assert outcome.bills == len(numbers) - 1
    assert len(outcome.left_out) == 1
    assert outcome.left_out[0] in bills_printed_in_words(outcome)


@pytest.mark.usefixtures("one_process")
def test_how_many_are_paid_and_left_out_is_told(app: App, actor: ActorOf, tmp_path: Path) -> None:
    """Whoever prints a roll of five and finds four papers need not count."""
    officer, clerk = actor(Role.REVENUE_OFFICER), actor(Role.CLERK)
    numbers = a_roll(app, officer)
    paid = app.read(Bills(text=numbers[0]), officer).rows[0]
    pay(app, clerk, an_open_desk(app, clerk), issued(app, paid.bill_id))
    outcome = app.execute(order(tmp_path), officer).outcome
    assert (outcome.bills, outcome.settled, outcome.before) == (4, 1, 0)
    assert "Nothing is owed on 1 more, which was left out." in bills_printed_in_words(outcome)


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_frozen(
    app: App, actor: ActorOf, tmp_path: Path
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    a_roll(app, officer)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(FolderUnwritable):
        app.execute(order(tmp_path / "file" / "below"), officer)
    # As of a command line whose variable is not set: not into whatever folder one stands in.
    with pytest.raises(InvalidInput) as refused:
        app.execute(replace(order(tmp_path), folder=" "), officer)
    assert set(refused.value.problems) == {"folder"}
    assert printings(app, officer) == [0] * 5


@pytest.mark.usefixtures("one_process")
def test_what_a_killed_job_left_is_put_in_place_where_it_was_recorded_and_else_drawn_again(
    app: App, actor: ActorOf, tmp_path: Path
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    numbers = a_roll(app, officer)
    folder = tmp_path / "roll"
    for moment in ("record_originals", "_put_beside_the_others"):  # drawn; drawn and recorded
        killed_at(app, officer, order(folder), moment)
        assert numbers_in(folder) == {}
    assert sum(printings(app, officer)) in (2, 3)
    bill = app.read(Bills(text=numbers[0]), officer).rows[0]
    sheet = app.execute(IssueBillSheet(bill_id=bill.bill_id), officer).outcome
    app.execute(PrintDocument(document_id=sheet.document_id), officer)  # its file would be another one now
    app.execute(order(folder), officer)
    found = [number for inside in numbers_in(folder).values() for number in inside]
    assert sorted({*found, numbers[0]}) == numbers
    assert len(set(found)) == len(found)


@pytest.mark.usefixtures("one_process")
def test_a_draft_never_comes_out_once_its_bills_were_printed_in_another_folder(
    app: App, actor: ActorOf, tmp_path: Path
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    numbers = a_roll(app, officer)
    here, there = tmp_path / "here", tmp_path / "there"
    killed_at(app, officer, order(here), "record_originals")
    assert app.execute(order(there), officer).outcome.bills == len(numbers)
    again = app.execute(order(here), officer).outcome
    assert (again.bills, again.before) == (0, len(numbers))
    assert numbers_in(here) == {}
    assert sorted(number for inside in numbers_in(there).values() for number in inside) == numbers


@pytest.mark.usefixtures("one_process")
def test_a_draft_never_comes_out_once_its_bills_were_printed_in_a_file_of_another_size(
    app: App, actor: ActorOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    numbers = a_roll(app, officer, medina=6)
    with monkeypatch.context() as patched:
        patched.setattr(bill_files, "PAPERS_IN_FILE", 2)
        killed_at(app, officer, order(tmp_path), "record_originals")
    assert app.execute(order(tmp_path), officer).outcome.bills == len(numbers)
    assert app.execute(order(tmp_path), officer).outcome.bills == 0
    assert sorted(number for inside in numbers_in(tmp_path).values() for number in inside) == numbers


@pytest.mark.usefixtures("one_process")
def test_what_was_drawn_an_hour_ago_and_never_recorded_is_deleted(
    app: App, actor: ActorOf, tmp_path: Path
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    a_roll(app, officer)
    hidden = tmp_path / ".muniadmin"
    hidden.mkdir()
    draft = "00112233445566{} Medina.pdf"
    for name, age in (
        (draft.format("aa"), 4000), (draft.format("bb"), 10), (draft.format("cc") + ".77.part", 4000),
        ("notes.txt", 4000),
    ):  # fmt: skip
        (hidden / name).write_text("x")
        os.utime(hidden / name, (time.time() - age,) * 2)
    app.execute(order(tmp_path), officer)
    assert sorted(path.name for path in hidden.iterdir()) == [draft.format("bb"), "notes.txt"]


def test_a_disk_that_is_full_is_told_in_a_sentence(
    app: App, actor: ActorOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    a_roll(app, officer)

    def full(_files: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(bill_files, "draw_files", full)
    with pytest.raises(FolderUnwritable, match="No space left"):
        app.execute(order(tmp_path), officer)


@pytest.mark.usefixtures("one_process")
def test_what_is_called_like_a_file_of_bills_is_left_as_it_is(
    app: App, actor: ActorOf, tmp_path: Path
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    numbers = a_roll(app, officer)
    killed_at(app, officer, order(tmp_path), "_put_beside_the_others")
    for draft in (tmp_path / ".muniadmin").glob("*.pdf"):
        (tmp_path / draft.name.split(" ", 1)[1]).mkdir()
    folders = list(tmp_path.glob("*.pdf"))
    assert folders
    app.execute(order(tmp_path), officer)
    for folder in folders:
        folder.rmdir()
    assert sorted(number for inside in numbers_in(tmp_path).values() for number in inside) == numbers


@pytest.mark.usefixtures("one_process")
def test_a_recorded_file_that_cannot_be_moved_is_named_and_moved_later(
    app: App, actor: ActorOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a drive goes away at that instant."""
    officer = actor(Role.REVENUE_OFFICER)
    numbers = a_roll(app, officer)

    def refused(_path: Path, _target: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refused)
        for _time in (1, 2):
            with pytest.raises(PrintedFileNotMoved, match="Permission denied") as raised:
                app.execute(order(tmp_path), officer)
            assert Path(str(raised.value.facts["file"])).is_file()
    assert numbers_in(tmp_path) == {}
    outcome = app.execute(order(tmp_path), officer).outcome
    assert outcome.bills + outcome.before == len(numbers)
    assert sorted(number for inside in numbers_in(tmp_path).values() for number in inside) == numbers
    assert printings(app, officer) == [1] * len(numbers)


@pytest.mark.usefixtures("one_process")
def test_what_was_recorded_before_a_stop_comes_out_and_is_named_whatever_folder_is_chosen_next(
    app: App, actor: ActorOf, tmp_path: Path
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    numbers = a_roll(app, officer)
    here, there = tmp_path / "here", tmp_path / "there"
    killed_at(app, officer, order(here), "_put_beside_the_others")
    outcome = app.execute(order(there), officer).outcome
    assert outcome.before > 0
    assert outcome.bills + outcome.before == len(numbers)
    assert outcome.before_in == (str(here),)
    assert str(here) in bills_printed_in_words(outcome)
    found = [n for folder in (here, there) for inside in numbers_in(folder).values() for n in inside]
    assert sorted(found) == numbers
    again = app.execute(order(tmp_path / "third"), officer).outcome
    assert again.before_in == (str(here), str(there))


def test_a_folder_that_goes_away_meanwhile_is_no_success(
    app: App, actor: ActorOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = actor(Role.REVENUE_OFFICER)
    a_roll(app, officer, agdal=0)

    def recorded(uow: UnitOfWork, document_ids: Sequence[int], *, draft: str, folder: str) -> list[int]:
        shutil.rmtree(folder)
        return record_originals(uow, document_ids, draft=draft, folder=folder)

    monkeypatch.setattr(bill_files, "record_originals", recorded)
    with pytest.raises(PrintedFileNotMoved):
        app.execute(order(tmp_path / "roll"), officer)


@pytest.mark.slow
def test_killed_at_any_moment_it_is_gone_on_with(
    app: App, actor: ActorOf, town_url: str, tmp_path: Path
) -> None:
    """Each time a little later, until one run gets through; then every bill stands on one page of one file."""
    officer = actor(Role.REVENUE_OFFICER)
    zones = ("medina", "agdal", "saiss", "zouagha", "jnan_el_ouard", "mariniyine")
    for zone in zones:
        objects(app, "property", [a_home(36000 + 100 * place) for place in range(4)], zone=zone)
    app.execute(IssueRoll(head_code="TH", period="2026"), officer)
    numbers = [row.number for row in reversed(app.read(Bills(head_code="TH"), officer).rows)]
    folder = tmp_path / "roll"
    command = [
        sys.executable, "-m", "muniadmin", "roll", "print", "TH", "2026", str(folder), "--url", town_url,
    ]  # fmt: skip
    patience, killed = 1.0, 0
    while True:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as printing:
            try:
                _out, said = printing.communicate(timeout=patience)
            except subprocess.TimeoutExpired:
                printing.kill()
                # Whoever draws for it holds these pipes, too: they end when all have.
                printing.communicate(timeout=20)
                killed, patience = killed + 1, patience * 1.3
                continue
        assert printing.returncode == 0, said
        break
    assert killed
    assert sorted(number for inside in numbers_in(folder).values() for number in inside) == numbers
    assert printings(app, officer) == [1] * len(numbers)
