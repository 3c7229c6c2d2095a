"""Everything is verified from the window; a finding leads to its row; the report is copied and kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from muniadmin.anchors.commands import MakeAnchor
from muniadmin.app import App
from muniadmin.desktop.administration.audit_view import AuditView
from muniadmin.desktop.administration.users_view import UsersView
from muniadmin.desktop.theme import Tone, tokens
from muniadmin.desktop.verification.verification_page import VerificationPage
from muniadmin.desktop.widgets.banner import Banner
from muniadmin.kernel.permissions import Role
from muniadmin.verification.commands import Checked, Finding, VerificationReport
from tests.builders import a_bill, a_taxpayer, everything
from tests.civil_status.builders import a_request
from tests.desktop.conftest import Screen, choose_file
from tests.verification.owner import as_owner, one, retold

pytestmark = pytest.mark.slow


@pytest.fixture
def page(screen: Screen) -> VerificationPage:
    """The page in front of somebody who may see the audit log."""
    screen.sign_in(Role.ADMINISTRATOR)
    screen.frame.go("verification")
    screen.settle()
    assert isinstance(screen.page, VerificationPage)
    return screen.page


@pytest.fixture
def verified(page: VerificationPage, screen: Screen, qtbot: QtBot) -> Callable[[], VerificationPage]:
    """The page with a report."""

    def verify() -> VerificationPage:
        page.begin.click()
        qtbot.waitUntil(lambda: page.report is not None, timeout=60_000)
        screen.settle()
        return page

    return verify


def spoilt(app: App) -> str:
    """The number of a bill of which the database holds another total than its charges come to."""
    bill = a_bill(app, "120", taxpayer_id=a_taxpayer(app))
    with app.database.connect_to_write() as connection:
        connection.exec_driver_sql("UPDATE charge_now SET settled = 1")
        connection.commit()
    return bill.number


def test_a_sound_town_is_said_to_be_sound_with_the_checks_that_ran(
    verified: Callable[[], VerificationPage], screen: Screen
) -> None:
    page = verified()
    assert "Nothing was lost or changed." in screen.texts(page)
    assert page.chips.value() == "checks"
    assert page.begin.isEnabled()


def test_a_finding_opens_the_page_of_its_row(
    app: App, verified: Callable[[], VerificationPage], screen: Screen, qtbot: QtBot
) -> None:
    number = spoilt(app)
    page = verified()
    assert page.report is not None
    position = next(at for at, one in enumerate(page.report.findings) if one.check == "charges")
    page.list.select(position)
    screen.settle()
    assert page.report.findings[position].sentence() in screen.texts(page)
    assert page.card.to_row.isVisibleTo(page)
    page.card.to_row.click()
    screen.settle()
    assert screen.frame.current_id == "assessment"
    assert number in screen.texts(screen.page)


def test_a_bill_is_opened_where_it_is_looked_at_not_where_it_is_paid(
    app: App, screen: Screen, qtbot: QtBot
) -> None:
    """By somebody who may see both."""
    number = spoilt(app)
    screen.sign_in(Role.SUPERVISOR)
    assert "counter" in screen.frame.specs
    screen.frame.go("verification")
    page = screen.shows(VerificationPage)
    page.begin.click()
    qtbot.waitUntil(lambda: page.report is not None, timeout=60_000)
    screen.settle()
    chosen(page, screen, "charge")
    page.card.to_row.click()
    screen.settle()
    assert screen.frame.current_id == "assessment"
    assert number in screen.texts(screen.page)


def test_whoever_may_not_see_the_page_of_a_row_is_told_its_name(
    app: App, verified: Callable[[], VerificationPage], screen: Screen
) -> None:
    a_request(app, everything(app))
    as_owner(app, "UPDATE extract_request SET requester = 'somebody else'")
    page = verified()
    said = chosen(page, screen, "extract_request")
    assert "You may not see the page that shows the row (Civil status, Counter)." in said
    assert not page.card.to_row.isVisibleTo(page)


def test_of_an_event_with_a_line_taken_away_the_one_that_is_there_is_opened(
    app: App, verified: Callable[[], VerificationPage], screen: Screen
) -> None:
    event = one(app, "SELECT max(event_id) FROM event_line WHERE name LIKE 'access:user:%'")

    def two_lines(facts: dict[str, Any]) -> None:
        facts["lines"].append(["access:user:changed", "clerk", {}])

    retold(app, event, two_lines)
    as_owner(
        app,
        f"DELETE FROM event_line WHERE event_id = {event}",
        f"INSERT INTO event_line VALUES ({event}, 2, 'access:user:changed', 'manager')",
    )
    page = verified()
    said = chosen(page, screen, "event")
    assert "this line was taken away" in said
    assert "this line was changed" in said
    page.card.to_log.click()
    screen.settle()
    view = screen.page.findChild(AuditView)
    assert view is not None
    line = view.list.current()
    assert line is not None
    assert (line.place, line.subject) == ((event, 2), "manager")


def test_a_finding_without_a_page_says_why(
    app: App, verified: Callable[[], VerificationPage], screen: Screen
) -> None:
    with app.database.connect_to_write() as connection:
        connection.exec_driver_sql("DROP TRIGGER settlement_counted")
        connection.commit()
    page = verified()
    page.list.select_first()
    screen.settle()
    assert "settlement_counted" in screen.texts(page)
    assert not page.card.to_row.isVisibleTo(page)
    assert "there is no row to open" in screen.texts(page)


def test_a_user_a_setting_and_a_line_of_the_log_are_opened_where_they_stand(
    app: App, verified: Callable[[], VerificationPage], screen: Screen
) -> None:
    event = one(app, "SELECT min(id) FROM event")
    as_owner(
        app,
        "UPDATE app_user SET name = 'Mallory' WHERE user_name = 'clerk'",
        "UPDATE setting SET value = json_set(value, '$.address', 'elsewhere') WHERE key = 'municipality'",
        f"INSERT INTO event_line VALUES ({event}, 99, 'collection:receipt:cancelled', '1-2026-000001-7')",
    )
    page = verified()

    said = chosen(page, screen, "event")
    assert "Receipt cancelled · 1-2026-000001-7: this line was added" in said
    assert not page.card.to_row.isVisibleTo(page)
    page.card.to_log.click()
    screen.settle()
    view = screen.page.findChild(AuditView)
    assert view is not None
    assert view.isVisible()
    line = view.list.current()
    assert line is not None
    assert (line.place, line.subject) == ((event, 99), "1-2026-000001-7")
    assert view.listing.filters["begins"].isVisible()
    view.listing.clear()
    screen.settle()
    newest = view.list.model.row(0)
    assert newest is not None
    assert newest.event == "verification:database:verified"

    screen.frame.go("verification")
    chosen(page, screen, "app_user")
    page.card.to_row.click()
    screen.settle()
    users = screen.page.findChild(UsersView)
    assert users is not None
    assert users.isVisible()
    user = users.list.current()
    assert user is not None
    assert user.user_name == "clerk"

    screen.frame.go("verification")
    chosen(page, screen, "setting")
    page.card.to_row.click()
    screen.settle()
    assert "elsewhere" not in screen.texts(screen.page)  # the card was read when the program was started
    assert "Particulars" in screen.texts(screen.page)


def test_whoever_may_not_see_users_is_told_so(app: App, screen: Screen, qtbot: QtBot) -> None:
    as_owner(app, "UPDATE app_user SET name = 'Mallory' WHERE user_name = 'clerk'")
    screen.sign_in(Role.SUPERVISOR)
    screen.frame.go("verification")
    page = screen.shows(VerificationPage)
    page.begin.click()
    qtbot.waitUntil(lambda: page.report is not None, timeout=60_000)
    screen.settle()
    assert "Only those who administer the users may see the row." in chosen(page, screen, "app_user")
    assert not page.card.to_row.isVisibleTo(page)


def test_amounts_and_chains_are_read_as_people_write_them(
    app: App, verified: Callable[[], VerificationPage], screen: Screen
) -> None:
    bill = a_bill(app, "1200", taxpayer_id=a_taxpayer(app))
    as_owner(
        app,
        f"UPDATE charge SET amount = 130000 WHERE bill_id = {bill.bill_id}",
        "UPDATE chain_head SET last = 99 WHERE chain = 'office'",
    )
    page = verified()
    said = chosen(page, screen, "charge")
    assert "amount | 1,200.00 MAD → 1,300.00 MAD" in said
    assert "120000" not in said
    assert "Chain Office does not end" in chosen(page, screen, "chain_head")


def chosen(page: VerificationPage, screen: Screen, table: str) -> str:
    """What the page says of the first finding of a table."""
    assert page.report is not None
    page.list.select(next(at for at, one in enumerate(page.report.findings) if one.table == table))
    screen.settle()
    return screen.texts(page)


def test_a_finding_says_what_was_changed_or_that_only_a_digest_was_kept(
    app: App, verified: Callable[[], VerificationPage], screen: Screen
) -> None:
    bill = a_bill(app, "120", taxpayer_id=a_taxpayer(app))
    as_owner(app, f"UPDATE bill SET subject = 'another' WHERE id = {bill.bill_id}")
    as_owner(app, "UPDATE taxpayer SET phone = '+212600000001'")
    page = verified()
    said = chosen(page, screen, "bill")
    assert "What was changed | subject | " in said
    assert " → another | " in said
    assert "Events hold a digest of this row" not in said
    said = chosen(page, screen, "taxpayer")
    assert "Events hold a digest of this row" in said
    assert "What was changed" not in said


def test_the_keyboard_comes_from_the_button_to_the_findings_and_the_page_says_when(
    app: App, verified: Callable[[], VerificationPage], page: VerificationPage, screen: Screen
) -> None:
    spoilt(app)
    page.begin.setFocus()
    verified()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert page.list.isAncestorOf(focused)
    assert "Verified on 23/11/2026 " in screen.texts(page)


def test_the_report_is_copied_and_saved(
    app: App, verified: Callable[[], VerificationPage], screen: Screen, tmp_path: Path
) -> None:
    spoilt(app)
    page = verified()
    assert page.report is not None
    page.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert all(one.sentence() in copied for one in page.report.findings)
    assert "Receipt numbers: " in copied
    page.write_report(str(tmp_path / "report.txt"))
    screen.settle()
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == copied
    page.write_report(str(tmp_path / "report.json"))
    screen.settle()
    saved = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert saved["findings"][0]["table"]
    page.write_report(str(tmp_path / "nowhere" / "report.txt"))
    screen.settle()
    assert "could not be saved" in screen.texts(page)


def test_cancelled_it_shows_what_was_found_so_far(
    page: VerificationPage, screen: Screen, qtbot: QtBot
) -> None:
    page.verify()
    job = screen.frame.shell.operations.jobs[-1]
    job.cancel()
    qtbot.waitUntil(lambda: page.report is not None, timeout=60_000)
    screen.settle()
    assert "Stopped: " in screen.texts(page)
    assert tone_of(page.verdict) is Tone.WARNING
    assert page.report is not None
    assert page.report.not_run
    assert [(name, result) for name, _rows, result, _tone in listed(page)][-1] == (
        "Civil-status acts and their registers",
        "not run",
    )


def tone_of(banner: Banner) -> Tone:
    """What kind of notice somebody sees, by its colour."""
    colour = banner.grab().toImage().pixelColor(6, banner.height() // 2)
    return next(tone for tone in Tone if QColor(tokens().weak(tone)) == colour)


def listed(page: VerificationPage) -> list[tuple[str, str, str, Tone]]:
    """The list of checks."""
    model = page.checks.table.model
    return [row for at in range(model.rowCount()) if (row := model.row(at)) is not None]


def test_only_what_ran_to_its_end_and_found_nothing_is_green(page: VerificationPage, screen: Screen) -> None:
    wrong = Finding(check="rows", table="bill", key="1", message="{subject}: it is there more than once.")
    report = VerificationReport(
        checked=(
            Checked(check="chains", name="Chains of events and signed acts", rows=9, findings=()),
            Checked(check="remembered", name="What this workstation remembers", rows=0, findings=(),
                    remarks=("This workstation remembers nothing of this database yet.",)),
            Checked(check="rows", name="Rows and what events say of them", rows=2, findings=(wrong,)),
            Checked(check="values", name="Values of every table", rows=7, findings=(), finished=False),
        ),
        not_run=("Receipt numbers",),
        stopped=True,
    )  # fmt: skip
    page.recall({**page.memory(), "report": report, "made_at": page.shell.local_now()})
    screen.settle()
    assert listed(page) == [
        ("Chains of events and signed acts", "9", "sound", Tone.GOOD),
        ("What this workstation remembers", "0", "not looked at", Tone.NEUTRAL),
        ("Rows and what events say of them", "2", "1", Tone.BAD),
        ("Values of every table", "7", "stopped", Tone.WARNING),
        ("Receipt numbers", "", "not run", Tone.NEUTRAL),
    ]
    assert tone_of(page.verdict) is Tone.BAD


def test_the_export_is_written_beside_the_work_and_said(
    page: VerificationPage, screen: Screen, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "exported.sqlite3"
    page.export(str(file))
    assert not page.begin.isEnabled()
    assert not page.to_export.isEnabled()
    qtbot.waitUntil(page.begin.isEnabled, timeout=60_000)
    screen.settle()
    assert file.is_file()
    assert f" rows were written to {file}." in screen.texts(page)
    assert "keep it as you would keep the database" in screen.texts(page)
    assert tone_of(page.notice) is Tone.GOOD
    page.export(str(file))
    qtbot.waitUntil(page.to_export.isEnabled, timeout=60_000)
    screen.settle()
    assert "is there already" in screen.texts(page)


def test_an_export_of_which_the_log_has_no_line_is_no_good_news(
    app: App, page: VerificationPage, screen: Screen, qtbot: QtBot, tmp_path: Path
) -> None:
    with app.database.connect_to_write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'no more'); END"
        )
        connection.commit()
    page.export(str(tmp_path / "exported.sqlite3"))
    qtbot.waitUntil(page.begin.isEnabled, timeout=60_000)
    screen.settle()
    assert "The audit log has no line of this: " in screen.texts(page)
    assert tone_of(page.notice) is Tone.WARNING


def test_a_cancelled_export_leaves_nothing(
    page: VerificationPage, screen: Screen, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    page.export(str(folder / "town.sqlite3"))
    screen.frame.shell.operations.jobs[-1].cancel()
    qtbot.waitUntil(page.to_export.isEnabled, timeout=60_000)
    screen.settle()
    assert "The job was cancelled." in screen.texts(page)
    assert list(folder.iterdir()) == []


def test_the_dialog_asks_where_to_and_never_to_write_over(
    page: VerificationPage, screen: Screen, qtbot: QtBot, tmp_path: Path
) -> None:
    page.to_export.click()
    asked = screen.dialog()
    assert isinstance(asked, QFileDialog)
    assert [Path(path).name for path in asked.selectedFiles()] == ["fes-2026-11-23.sqlite3"]
    assert asked.testOption(QFileDialog.Option.DontConfirmOverwrite)
    choose_file(tmp_path / "chosen")
    qtbot.waitUntil((tmp_path / "chosen.sqlite3").is_file, timeout=60_000)
    screen.settle()


def test_whoever_may_not_see_the_audit_log_has_no_such_page(screen: Screen) -> None:
    screen.sign_in(Role.CLERK)
    assert "verification" not in screen.frame.specs


def test_what_was_kept_outside_is_compared_from_the_window(
    app: App,
    page: VerificationPage,
    screen: Screen,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    made = app.execute(MakeAnchor(), everything(app)).outcome
    kept, forged = tmp_path / "kept.txt", tmp_path / "forged.txt"
    kept.write_text(f"{made.line}\n")
    forged.write_text(made.line.replace("|fes|", "|xyz|") + "\n")
    page.to_compare.click()
    choose_file(f'"{kept}" "{forged}"')
    qtbot.waitUntil(lambda: page.report is not None, timeout=60_000)
    screen.settle()
    assert page.report is not None
    assert [one.subject for one in page.report.findings if one.check == "against"] == [str(forged)]
    page.verify_against([str(tmp_path / "gone.txt")])
    screen.settle()
    assert "There is no file or folder" in screen.texts(page)


def test_since_the_last_anchor_it_says_what_is_looked_at_and_what_is_not(
    app: App,
    verified: Callable[[], VerificationPage],
    page: VerificationPage,
    screen: Screen,
    qtbot: QtBot,
) -> None:
    app.execute(MakeAnchor(), screen.frame.shell.actor)
    page.choose_extent("since anchor")
    screen.settle()
    assert "What was written before it is not looked at" in screen.texts(page)
    verified()
    assert "Nothing was lost or changed since anchor 1." in screen.texts(page)
    assert "What was written before was not looked at" in screen.texts(page)
    assert page.report is not None
    assert page.report.since is not None
    assert "not run" in screen.texts(page)
    assert "Receipt numbers: not run" in page.text()
    page.verify_extent("everything")
    assert not page.extent.isEnabled()
    qtbot.waitUntil(page.extent.isEnabled, timeout=60_000)
