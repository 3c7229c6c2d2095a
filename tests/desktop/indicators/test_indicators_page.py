"""The indicators page as a manager uses it: what is shown, what a click leads to, what is saved."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from muniadmin.app import App
from muniadmin.collection.commands import TakePayment
from muniadmin.collection.reads import MySession
from muniadmin.desktop.indicators.indicators_page import IndicatorsPage
from muniadmin.desktop.indicators.picker import Picker
from muniadmin.desktop.shell.preview import DocumentDialog
from muniadmin.desktop.widgets.labels import Text
from muniadmin.kernel.clock import FixedClock
from muniadmin.kernel.permissions import Role
from tests.builders import a_bill, a_taxpayer, an_open_desk, pay
from tests.desktop.conftest import Screen, choose_file, plain
from tests.towns import actor_with

SignedIn = Callable[[Role], Screen]


@pytest.fixture
def two_years(app: App, clock: FixedClock) -> None:
    """1 000 came in last May; this year 700 by phone in March and 500 in cash in May, 800 are overdue."""
    clerk = actor_with(app, Role.CLERK)
    amina = a_taxpayer(app)
    clock.instant = datetime(2025, 1, 15, 10, tzinfo=UTC)
    first = a_bill(app, "1000", due_on=date(2025, 5, 31), taxpayer_id=amina)
    clock.instant = datetime(2025, 5, 20, 10, tzinfo=UTC)
    session = an_open_desk(app, clerk)
    pay(app, clerk, session, first)
    clock.instant = datetime(2026, 1, 15, 10, tzinfo=UTC)
    second = a_bill(app, "1200", due_on=date(2026, 5, 31), taxpayer_id=amina)
    a_bill(app, "800", head="TH", due_on=date(2026, 5, 31), taxpayer_id=amina)
    clock.instant = datetime(2026, 3, 10, 10, tzinfo=UTC)
    pay(app, clerk, session, second, amount="700", channel="mobile", reference="MM1")
    clock.instant = datetime(2026, 5, 29, 10, tzinfo=UTC)
    pay(app, clerk, session, second)
    clock.instant = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def opened(signed_in: SignedIn) -> Callable[[Role], tuple[Screen, IndicatorsPage]]:
    """``opened(Role.MANAGER)`` is the page in front of the town's manager."""

    def open_page(role: Role = Role.MANAGER) -> tuple[Screen, IndicatorsPage]:
        screen = signed_in(role)
        screen.frame.go("indicators")
        screen.settle()
        page = screen.shows(IndicatorsPage)
        return screen, page

    return open_page


Opened = Callable[[Role], tuple[Screen, IndicatorsPage]]


def choose(picker: Picker, text: str) -> None:
    """Chooses from a picker's menu, or from a menu below it."""
    menu = picker.menu_of_choices()
    actions = [*menu.actions()]
    for action in menu.actions():
        if (below := action.menu()) is not None:
            actions += below.actions()  # type: ignore[attr-defined]
    next(action for action in actions if plain(action.text()) == text).trigger()


@pytest.mark.usefixtures("two_years")
class TestFigures:
    def test_tiles_say_value_change_and_target(self, opened: Opened) -> None:
        _screen, page = opened(Role.MANAGER)
        names = {code: plain(tile.accessibleName()) for code, tile in page.figures.tiles.items()}
        assert names["collected"] == "Revenue collected, 1,200 MAD, +20.0% on 2025"
        assert names["collection_rate"] == "Collection rate, 60.0%, −40.0 points"
        assert names["arrears"] == "Arrears, 800 MAD, PEFA: D (67%)"
        assert names["mobile_share"] == "Mobile share, 58.3%, +58.3 points"
        assert names["delay_median"] == "Median delay, n/a"

    def test_months_stand_beside_those_of_the_year_before(self, opened: Opened) -> None:
        _screen, page = opened(Role.MANAGER)
        values = page.figures.chart.values
        assert len(values) == 11
        assert (values[2].value, values[2].compared) == (700, 0)
        assert (values[4].value, values[4].compared) == (500, 1000)
        # Nobody had paid by phone before: the chart marks when it began.
        assert page.figures._legend.accessibleName() == "2026, 2025, Mobile open since March 2026"

    def test_heads_channels_and_how_it_is_made(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        model = page.figures.heads.model
        cells = [plain(str(model.index(0, column).data())) for column in range(model.columnCount())]
        assert cells == ["Municipal services tax", "1,200", "1,200", "100.0%", "0.0"]
        assert [(value.label, plain(value.shown)) for value in page.figures.shares.values] == [
            ("Mobile", "58%"),
            ("Cash", "42%"),
        ]
        assert "divided by everything collected, 01/01/2026 to 23/11/2026" in screen.texts(page.figures)
        assert plain(page.figures.made.link.text()) == "See the 2 payments →"

    def test_a_tile_with_the_keyboard_is_explained(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        screen.press(page.figures, Qt.Key.Key_Tab)
        assert page.figures.tiles["collected"].hasFocus()
        assert "How much money came in?" in screen.texts(page.figures)

    def test_in_a_low_window_no_word_of_it_is_cut(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        screen.window.resize(1024, 640)
        screen.settle()
        screen.press(page.figures, Qt.Key.Key_Tab)
        screen.settle()
        for text in page.figures.made.findChildren(Text):
            if text.isVisible():
                assert text.height() >= text.heightForWidth(text.width())
        assert page.figures.chart.height() >= page.figures.chart.minimumHeight()
        page.figures.made.link.setFocus()
        screen.settle()
        assert not page.figures.made.link.visibleRegion().isEmpty()

    def test_another_period_another_comparison(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        choose(page.period, "Fiscal year 2025")
        screen.settle()
        assert "1,000 MAD" in plain(page.figures.tiles["collected"].accessibleName())
        assert page.compare.text() == "Compare to 2024"
        choose(page.period, "Quarter 1 of 2026")
        screen.settle()
        assert "700 MAD" in plain(page.figures.tiles["collected"].accessibleName())
        choose(page.compare, "Compare to nothing")
        screen.settle()
        assert page.figures.chart.values[0].compared is None
        choose(page.zone, "Agdal")
        screen.settle()
        assert plain(page.figures.tiles["collected"].accessibleName()) == "Revenue collected, 0 MAD"

    def test_a_payment_elsewhere_is_shown_at_once(self, app: App, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        clerk = actor_with(app, Role.CLERK)
        bill = a_bill(app, "100")
        session = app.read(MySession(), clerk)
        assert session is not None
        payment = TakePayment(
            request_id="seen-at-once", cash_session_id=session.cash_session_id, charge_ids=bill.charge_ids
        )
        done = app.execute(payment, clerk)
        page.shell.operations.changed.emit(done.changes)
        screen.settle()
        assert "1,300 MAD" in plain(page.figures.tiles["collected"].accessibleName())


@pytest.mark.usefixtures("two_years")
class TestRows:
    def total(self, page: IndicatorsPage) -> str:
        assert page.rows.list is not None
        summary = page.rows.list.model.summary
        return plain(f"{summary.count}: {summary.totals[0][1] if summary.totals else ''}")

    def test_two_keys_lead_from_a_figure_to_its_rows_and_one_back(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        screen.press(page.figures, Qt.Key.Key_Tab)
        screen.press_here(Qt.Key.Key_Return)
        assert page.stack.currentWidget() is page.rows
        assert self.total(page) == "2: 1,200.00 MAD"
        assert not page.period.isVisible()
        screen.press_here(Qt.Key.Key_Escape)
        assert page.stack.currentWidget() is page.figures
        assert page.period.isVisible()

    @pytest.mark.parametrize(
        ("indicator", "rows"),
        [
            ("collected", "2: 1,200.00 MAD"),
            ("collection_rate", "2: 1,200.00 MAD"),
            ("arrears", "1: 800.00 MAD"),
            ("mobile_share", "1: 700.00 MAD"),
            ("delay_median", "0: "),
        ],
    )
    def test_a_click_on_a_tile(self, opened: Opened, qtbot: QtBot, indicator: str, rows: str) -> None:
        screen, page = opened(Role.MANAGER)
        qtbot.mouseClick(page.figures.tiles[indicator], Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
        screen.settle()
        assert self.total(page) == rows

    def test_a_click_on_a_bar(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        chart = page.figures.chart
        QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.area_of(4).center().toPoint())
        screen.settle()
        assert self.total(page) == "1: 500.00 MAD"
        assert "May 2026" in screen.texts(page.rows)

    def test_a_click_on_a_share(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        shares = page.figures.shares
        at: QPointF = shares.area_of(1).center()
        QTest.mouseClick(shares, Qt.MouseButton.LeftButton, pos=at.toPoint())
        screen.settle()
        assert self.total(page) == "1: 500.00 MAD"
        assert "Revenue collected · Cash" in screen.texts(page.rows)

    def test_enter_on_a_head(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        page.figures.heads.take_focus()
        screen.press_here(Qt.Key.Key_Return)
        assert self.total(page) == "2: 1,200.00 MAD"

    def test_a_row_leads_on_to_its_receipt(self, opened: Opened) -> None:
        screen, page = opened(Role.SUPERVISOR)
        gone: list[tuple[str, object]] = []
        page.shell.went.connect(lambda where, target: gone.append((where, target)))
        page.figures.explain("collected")
        page.figures.made.link.click()
        screen.settle()
        assert page.rows.list is not None
        page.rows.list.opened.emit(page.rows.list.model.row(0))
        assert gone[0][0] == "cash"

    def test_whoever_may_not_see_payments_is_not_led_there(self, opened: Opened) -> None:
        screen, page = opened(Role.REGISTRAR)
        page.figures.tiles["collected"].pressed.emit()
        screen.settle()
        assert page.stack.currentWidget() is page.figures
        page.figures.explain("collected")
        assert not page.figures.made.link.isVisible()
        page.figures.tiles["requests_on_time"].pressed.emit()
        screen.settle()
        assert page.stack.currentWidget() is page.rows


@pytest.mark.usefixtures("two_years")
class TestFiles:
    def test_the_report_is_shown_before_it_is_printed(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        page.report.click()
        screen.settle()
        dialog = screen.dialog()
        assert isinstance(dialog, DocumentDialog)
        dialog.reject()

    def test_a_workbook(self, opened: Opened, tmp_path: Path) -> None:
        screen, page = opened(Role.MANAGER)
        page.sheets.click()
        screen.settle()
        choose_file(tmp_path / "figures.xlsx")
        screen.settle()
        book = openpyxl.load_workbook(tmp_path / "figures.xlsx")
        assert book["Figures"]["C2"].value == 1200

    def test_text(self, opened: Opened, tmp_path: Path) -> None:
        screen, page = opened(Role.MANAGER)
        page.save_text()
        screen.settle()
        choose_file(tmp_path / "figures.csv")
        screen.settle()
        assert "1200" in (tmp_path / "figures.csv").read_text(encoding="utf-8-sig")

    def test_the_chart_as_a_picture(self, opened: Opened, tmp_path: Path) -> None:
        screen, page = opened(Role.MANAGER)
        page.save_chart()
        choose_file(tmp_path / "chart.png")
        screen.settle()
        picture = QImage(str(tmp_path / "chart.png"))
        assert picture.width() > 1000

    def test_a_place_that_cannot_be_written_is_told(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        page.sheets.click()
        screen.settle()
        choose_file("/proc/figures.xlsx")  # where nobody writes
        screen.settle()
        assert page.notice.isVisible()
        assert "/proc/figures.xlsx" in screen.texts(page)


class TestNothingYet:
    def test_says_what_will_be_here(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        assert "No figures yet" in screen.texts(page)
        assert plain(page.figures.tiles["collected"].accessibleName()) == "Revenue collected, 0 MAD"
        assert plain(page.figures.tiles["collection_rate"].accessibleName()) == "Collection rate, n/a"

    def test_full_screen_and_back(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        page.full.click()
        QApplication.processEvents()
        assert screen.window.isFullScreen()
        page.full.click()
        QApplication.processEvents()
        assert not screen.window.isFullScreen()

    def test_the_language_changes_without_losing_the_period(self, opened: Opened) -> None:
        screen, page = opened(Role.MANAGER)
        choose(page.period, "Last 12 months")
        screen.settle()
        screen.window.set_language("fr")
        screen.settle()
        again = screen.shows(IndicatorsPage)
        assert again.period.text() == "12 derniers mois"
