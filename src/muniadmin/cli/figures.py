"""The command that shows indicators."""

from argparse import Namespace

from muniadmin.cli.opening import opened, operator
from muniadmin.cli.terminal import Terminal, table
from muniadmin.kernel.i18n import _, labelled, pick


def show(arguments: Namespace, terminal: Terminal) -> int:
    """The figures of a period, each beside the one it is compared to."""
    from muniadmin.indicators.reads import Dashboard
    from muniadmin.indicators.rules import change
    from muniadmin.indicators.wording import (
        days_in_words,
        name_of,
        period_in_words,
        plain_value,
        short_period,
        show_change,
        show_value,
    )

    with opened(arguments) as app:
        view = app.read(Dashboard(period=arguments.period, compare=arguments.compare), operator())
        currency, calendar = app.municipality.currency, app.municipality.calendar
    before = short_period(view.compare) if view.compare is not None else ""
    data = {
        "period": {"name": view.period.name, "since": view.period.since, "until": view.period.until},
        "compare": {"name": view.compare.name, "since": view.compare.since, "until": view.compare.until}
        if view.compare is not None
        else None,
        "currency": currency.code,
        "figures": {
            one.indicator: {
                "unit": one.unit.value,
                "value": plain_value(one.unit, one.value, currency),
                "before": plain_value(one.unit, one.before, currency),
                "change": _text(change(one.unit, one.value, one.before)),
                "target": plain_value(one.unit, one.target, currency),
                "grade": one.grade or None,
            }
            for one in view.figures.values()
        },
        "months": [
            {
                "month": f"{bar.month:%Y-%m}",
                "collected": currency.decimal(bar.collected),
                "before": currency.decimal(bar.before) if bar.before is not None else None,
            }
            for bar in view.months
        ],
        "heads": [
            {
                "code": line.code,
                "name": pick(line.names),
                "assessed": currency.decimal(line.assessed),
                "collected": currency.decimal(line.collected),
                "rate": _text(line.rate),
            }
            for line in view.heads
        ],
        "channels": [
            {
                "channel": one.channel,
                "name": pick(one.names),
                "collected": currency.decimal(one.collected),
                "payments": one.payments,
                "share": _text(one.share),
            }
            for one in view.channels
        ],
    }
    rows = [
        (
            name_of(one.indicator),
            show_value(one.unit, one.value, currency, short=False),
            show_value(one.unit, one.before, currency, short=False) if one.before is not None else "",
            show_change(one, ""),
        )
        for one in view.figures.values()
    ]
    terminal.answer(
        data,
        labelled(period_in_words(view.period.name, calendar), days_in_words(view.period)),
        "",
        *table([_("Figure"), short_period(view.period), before, _("Trend")], rows, numbers=[1, 2, 3]),
    )
    return 0


def _text(number: object) -> str | None:
    return None if number is None else f"{number:.6f}"
