"""The figures of a period: tiles, the months as a chart, the heads as a table, the channels as shares."""

from decimal import Decimal
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from muniadmin.desktop.indicators.drills import Drill, of_channel, of_head, of_indicator, of_month
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import SECONDARY, Tone, color, font, mix, tokens
from muniadmin.desktop.widgets import paint
from muniadmin.desktop.widgets.buttons import LinkButton
from muniadmin.desktop.widgets.cards import Card, Scroller, Section
from muniadmin.desktop.widgets.charts import BarChart, Mark, ShareBars, Value
from muniadmin.desktop.widgets.empty import EmptyState
from muniadmin.desktop.widgets.labels import Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.desktop.widgets.row_model import Column, Look
from muniadmin.desktop.widgets.row_source import ListSource
from muniadmin.desktop.widgets.row_table import RowTable
from muniadmin.desktop.widgets.tiles import StatTile
from muniadmin.indicators.catalogue import TILES
from muniadmin.indicators.reads import DashboardView, Figure, HeadLine
from muniadmin.indicators.rules import change, is_better
from muniadmin.indicators.units import Unit
from muniadmin.indicators.wording import (
    days_in_words,
    formula_in_words,
    name_of,
    not_available,
    question_of,
    scale_of,
    short_period,
    show_change,
    show_points,
    show_target,
    show_value,
)
from muniadmin.kernel.formats import format_money, format_month, format_number, format_percent
from muniadmin.kernel.i18n import _, ngettext, pick
from muniadmin.kernel.money import Money

GAP = 12
# A channel keeps its colour whatever its rank.
_CHANNEL_TONES = {
    "cash": "accent",
    "transfer": "info",
    "mobile": "good",
    "card": "warning",
    "cheque": "muted",
}
ASIDE = 336


class Legend(QWidget):
    """What the bars of a chart stand for: a square and a word for each, then what its marks say."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[tuple[str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: list[tuple[str, str]]) -> None:
        """Pairs of a sign ("now", "before", "mark") and a text."""
        self._entries = entries
        self.setAccessibleName(", ".join(text for _sign, text in entries))
        self.updateGeometry()
        self.update()

    def _width(self, text: str) -> float:
        return QFontMetricsF(font(SECONDARY)).horizontalAdvance(text) + 15

    def sizeHint(self) -> QSize:
        """One line."""
        width = sum(self._width(text) + 12 for _sign, text in self._entries)
        return QSize(round(max(0, width - 12)) + 1, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Signs and words in reading direction."""
        painter = QPainter(self)
        painter.setFont(font(SECONDARY))
        t = tokens()
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        fills = {
            "now": QColor(t.accent),
            "before": QColor(mix(t.surface, t.muted, 0.34 if t.dark else 0.2)),
            "mark": QColor(t.warning),
        }
        x = 0.0
        for sign, text in self._entries:
            width = self._width(text)
            left = self.width() - x - width if rtl else x
            square = QRectF(left + width - 9 if rtl else left, self.height() / 2 - 4.5, 9, 9)
            if sign == "mark":
                square = QRectF(square.center().x() - 1, square.top() - 2, 2, 13)
            paint.box(painter, square, 2 if sign != "mark" else 1, fills[sign])
            painter.setPen(color("muted"))
            area = QRectF(left if rtl else left + 15, 0, width - 15, self.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            x += width + 12
        painter.end()


class MadePanel(QWidget):
    """How a figure is made, and the way to its rows."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._drill: Drill | None = None
        self._question = Text("", Role.STRONG, wrap=True)
        self._formula = Text("", Role.MUTED, wrap=True)
        self.link = LinkButton("")
        self.link.clicked.connect(self._follow)
        self.setLayout(
            column(
                Text(_("How this figure is made"), Role.HEADING),
                self._question,
                self._formula,
                self.link,
                spacing=6,
            )
        )

    def _follow(self) -> None:
        if self._drill is not None:
            self.wanted.emit(self._drill)

    def explain(self, question: str, formula: str, link: str, drill: Drill | None) -> None:
        """Explains another figure."""
        self._drill = drill
        self._question.setText(question)
        self._question.setVisible(bool(question))
        self._formula.setText(formula)
        self.link.set_text(link)
        self.link.setVisible(drill is not None)


class FiguresView(QWidget):
    """Everything at a glance; ``wanted`` carries the Drill of a figure somebody wants to see the rows of."""

    wanted = Signal(object)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        # The keyboard rests here when the page opens: Tab goes to the first tile.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Indicators"))
        self.view: DashboardView | None = None
        self.tiles = {indicator: StatTile(name_of(indicator)) for indicator in TILES}
        for indicator, tile in self.tiles.items():
            tile.pressed.connect(partial(self._want_indicator, indicator))
            tile.setToolTip(question_of(indicator))
            tile.installEventFilter(self)
        self.chart = BarChart(_("Collected by month"))
        self.chart.setMinimumHeight(120)
        self.chart.setMaximumHeight(330)
        self.chart.chosen.connect(self._want_month)
        self._legend = Legend()
        self.months = Section(_("Collected by month"), self.chart, aside=self._legend)
        self.heads: RowTable[HeadLine] = RowTable(
            "indicators-heads",
            _("Revenue heads"),
            self._columns(),
            key=lambda line: line.code,
            footer=False,
            empty=EmptyState(
                "chart-column", _("No figures yet"), _("They come with the first bills and payments.")
            ),
        )
        self.heads.frameless()
        self.heads.opened.connect(lambda line: self._want(of_head(line.code, self._known)))
        left = Card()
        left.body.addWidget(self.months)
        left.body.addWidget(self.heads, 1)
        self.shares = ShareBars(_("Share of each channel"))
        self.shares.chosen.connect(self._want_channel)
        self.made = MadePanel()
        self.made.wanted.connect(self.wanted)
        shares = column(
            Text(_("Share of each channel"), Role.HEADING), self.shares, Hairline(), spacing=12,
            margins=(16, 14, 16, 12),
        )  # fmt: skip
        right = Card(shares)
        # In a low window the words scroll.
        words = QWidget()
        words.setLayout(column(self.made, None, margins=(16, 0, 16, 16)))
        right.body.addWidget(Scroller(words), 1)
        right.setFixedWidth(ASIDE)
        below = row(spacing=GAP)
        below.addWidget(left, 1)
        below.addWidget(right)
        layout = column(row(*self.tiles.values(), spacing=GAP), spacing=GAP)
        layout.addLayout(below, 1)
        self.setLayout(layout)

    @property
    def _known(self) -> DashboardView:
        assert self.view is not None
        return self.view

    # --- showing ------------------------------------------------------------------------------------------------

    def show_view(self, view: DashboardView) -> None:
        """Shows other figures."""
        self.view = view
        for indicator, tile in self.tiles.items():
            self._show_tile(tile, view.figures[indicator])
        self._show_months(view)
        self.heads.set_source(ListSource(view.heads, keys=_ORDERS))
        self._show_channels(view)
        self.explain_channels()

    def _show_tile(self, tile: StatTile, figure: Figure) -> None:
        view, currency = self._known, self._shell.municipality.currency
        better = is_better(figure.direction, change(figure.unit, figure.value, figure.before))
        tone = Tone.NEUTRAL if better is None else Tone.GOOD if better else Tone.BAD
        compared = short_period(view.compare) if view.compare is not None else ""
        # A year's target in money says nothing about a month, the points of the run.
        goal = figure.target if figure.unit is not Unit.MONEY else None
        shown = show_value(figure.unit, figure.value, currency)
        is_money = shown.endswith(currency.code)
        tile.show_figure(
            shown.removesuffix(currency.code).strip(),
            unit=currency.code if is_money else "",
            change=show_change(figure, compared),
            tone=tone,
            run=[float(value) for value in figure.run if value is not None],
            goal=float(goal) if goal is not None else None,
            target=show_target(figure, currency),
        )

    def _show_months(self, view: DashboardView) -> None:
        currency = self._shell.municipality.currency
        largest = max(
            (max(bar.collected, bar.before or bar.collected) for bar in view.months), default=Money(0)
        )
        divisor, sign = scale_of(largest.minor, currency)
        scale = divisor * currency.unit
        unit = f"{sign}\u00a0{currency.code}".strip() if sign else currency.code
        self.months.heading.setText(_("Collected by month ({unit})").format(unit=unit))
        now = short_period(view.period)
        before = short_period(view.compare) if view.compare is not None else ""
        months = len(view.months)
        self.chart.set_values(
            [
                Value(
                    label=_initial(format_month(bar.month, short=True), months),
                    value=bar.collected.minor / scale,
                    shown=f"{format_month(bar.month)}: {format_money(bar.collected, currency, with_code=True)}",
                    compared=bar.before.minor / scale if bar.before is not None else None,
                    compared_shown=f"{before}: {format_money(bar.before, currency, with_code=True)}"
                    if bar.before is not None
                    else "",
                )
                for bar in view.months
            ]
        )
        marks, words = [], []
        for opening in view.openings:
            place = view.period.months.index(opening.month)
            text = _("{channel} open since {month}").format(
                channel=pick(opening.names), month=format_month(opening.month)
            )
            marks.append(Mark(place - 1 if place else 0, text))
            words.append(("mark", text))
        self.chart.set_marks(marks)
        entries = [("now", now)]
        if view.compare is not None:
            entries.append(("before", before))
        self._legend.set_entries([*entries, *words])

    def _show_channels(self, view: DashboardView) -> None:
        currency = self._shell.municipality.currency
        self.shares.set_values(
            [
                Value(
                    label=_(pick(one.names)),
                    value=float(one.share or 0),
                    shown=format_percent(_whole(one.share), digits=0)
                    if one.share is not None
                    else not_available(),
                    compared_shown=format_money(one.collected, currency, with_code=True),
                    tone=_CHANNEL_TONES.get(one.channel, ""),
                )
                for one in view.channels
            ]
        )

    def _columns(self) -> list[Column[HeadLine]]:
        shell = self._shell
        currency = shell.municipality.currency

        def whole(amount: Money) -> str:
            return format_number(_rounded(amount, currency.unit))

        return [
            Column(
                "head", _("Revenue head"), lambda line: pick(line.names), width=200, stretch=True, sort="head"
            ),
            Column(
                "assessed",
                shell.with_currency(_("Assessed")),
                lambda line: whole(line.assessed),
                width=126,
                number=True,
                sort="assessed",
            ),
            Column(
                "collected",
                shell.with_currency(_("Collected")),
                lambda line: whole(line.collected),
                width=126,
                number=True,
                sort="collected",
            ),
            Column(
                "rate",
                _("Rate"),
                lambda line: not_available() if line.rate is None else format_percent(_tenth(line.rate)),
                width=86,
                number=True,
                sort="rate",
            ),
            Column(
                "points",
                _("Points"),
                lambda line: show_points(line.points),
                width=86,
                number=True,
                look=_look_of_points,
                sort="points",
            ),
        ]

    # --- explaining ---------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A tile under the pointer, or with the keyboard, is explained beside."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn) and self.view is not None:
            for indicator, tile in self.tiles.items():
                if watched is tile:
                    self.explain(indicator)
        return super().eventFilter(watched, event)

    def explain(self, indicator: str) -> None:
        """Says how one of the tiles' figures is made."""
        view = self._known
        drill = self._allowed(of_indicator(indicator, view))
        self.made.explain(
            question_of(indicator), formula_in_words(indicator, view.period), _("See the rows →"), drill
        )

    def explain_channels(self) -> None:
        """Says how the shares are made: what the panel says as long as nobody points at a tile."""
        view = self._known
        payments = sum(one.payments for one in view.channels)
        text = ngettext("See the {count} payment →", "See the {count} payments →", payments)
        formula = _(
            "What came in through a channel, divided by everything collected, {days}. Source: ledger."
        )
        self.made.explain(
            "",
            formula.format(days=days_in_words(view.period)),
            text.format(count=format_number(payments)),
            self._allowed(of_indicator("collected", view)) if payments else None,
        )

    def _allowed(self, drill: Drill | None) -> Drill | None:
        return drill if drill is not None and self._shell.actor.may(drill.permission) else None

    # --- leading to the rows ------------------------------------------------------------------------------------

    def _want(self, drill: Drill | None) -> None:
        if (allowed := self._allowed(drill)) is not None:
            self.wanted.emit(allowed)

    def _want_indicator(self, indicator: str) -> None:
        if self.view is not None:
            self._want(of_indicator(indicator, self.view))

    def _want_month(self, position: int) -> None:
        month = self._known.months[position].month
        self._want(of_month(month, self._known, format_month(month)))

    def _want_channel(self, position: int) -> None:
        self._want(of_channel(self._known.channels[position].channel, self._known))

    def chart_picture(self) -> QImage:
        """The chart with its title and legend, to be saved."""
        picture = QImage(self.months.size() * 2, QImage.Format.Format_ARGB32)
        picture.setDevicePixelRatio(2)
        picture.fill(color("surface"))
        self.months.render(picture)
        return picture


_ORDERS = {
    "head": lambda line: pick(line.names).casefold(),
    "assessed": lambda line: line.assessed.minor,
    "collected": lambda line: line.collected.minor,
    "rate": lambda line: line.rate if line.rate is not None else Decimal(-1),
    "points": lambda line: line.points if line.points is not None else Decimal(-1),
}


def _look_of_points(line: HeadLine) -> Look:
    """Of the points as they are shown: what is rounded to nothing is neither good nor bad."""
    if line.points is None:
        return "muted"
    shown = round(line.points, 3)
    return "plain" if not shown else "good" if shown > 0 else "bad"


def _initial(month: str, count: int) -> str:
    """The label of a month: a letter where a year has to fit, as every calendar has it."""
    return month[:1].upper() if count > 8 else month


def _rounded(amount: Money, unit: int) -> int:
    return (amount.minor + unit // 2) // unit


def _whole(share: Decimal) -> Decimal:
    return round(share, 2)


def _tenth(share: Decimal) -> Decimal:
    return round(share, 3)
