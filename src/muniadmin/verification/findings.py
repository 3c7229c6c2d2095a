"""A finding as people read it, in the language in force: amounts as the town writes them, chains and lines of the audit
log by the names that the screens give them. Programs read the finding itself, which is exact."""

from collections.abc import Mapping
from datetime import datetime
from itertools import takewhile

from muniadmin.audit.rules import event_name
from muniadmin.kernel.chains import chain_name
from muniadmin.kernel.formats import format_instant, format_money
from muniadmin.kernel.i18n import N_, _
from muniadmin.kernel.money import Money
from muniadmin.kernel.municipality import Municipality
from muniadmin.storage.base import Base, MoneyType
from muniadmin.verification.commands import Astray, Finding, LoggedLine

_AMOUNTS = frozenset(
    {"amount", "booked", "credit", "found", "given", "kept", "left", "moved", "settled", "used"}
)
"""The facts of sentences that are amounts wherever they are whole numbers."""

#: Amounts beside the columns that are declared as money: what the ledger holds, and what a sheet shows.
_AMOUNT_COLUMNS = frozenset(
    {("posting", "amount"), ("month_closing", "assessed"), ("month_left", "left"), ("receipt", "total")}
)

NO_CURRENCY = "XXX"
"""What ISO 4217 calls no currency at all: that of a municipality whose card cannot be read."""

#: More of a value that was changed is not shown.
_LONGEST = 60
_OF_A_DIGEST = 13
#: Of what two long values have in common, so much is shown.
_LEAD = 12


def sentence(finding: Finding, town: Municipality) -> str:
    """What is wrong."""
    facts = {name: _fact(name, value, town) for name, value in finding.facts.items()}
    subject = finding.subject
    if finding.table == "chain_head" and subject == finding.key:
        subject = chain_name(subject)
    return _(finding.message).format(subject=subject, **facts)


def place(finding: Finding) -> str:
    """Table and key, as a line of the report begins with them."""
    return f"{finding.table} {finding.key}".strip()


def value_in(table: str, column: str, value: object, town: Municipality) -> str:
    """What stands in a column of a row."""
    if value is None:
        return "—"
    if column == "chain" and isinstance(value, str):
        return chain_name(value)
    if table == "event" and column.startswith("line ") and isinstance(value, str):
        name, _blank, subject = value.partition(" ")
        return f"{event_name(name)} · {subject}"
    if _is_amount(table, column):
        return _amount(value, town)
    return str(value) or "“”"


def changes(finding: Finding, town: Municipality) -> list[tuple[str, str]]:
    """The columns that say something else than they did, with both values; none where only one side is known."""
    was, now = finding.said, finding.says
    if not was or not now:
        return []

    def apart(column: str) -> str:
        return " → ".join(
            _apart(*(value_in(finding.table, column, row.get(column), town) for row in (was, now)))
        )

    return [
        (name, apart(name))
        for name in (*now, *(name for name in was if name not in now))
        if was.get(name) != now.get(name)
    ]


def logged(line: LoggedLine, town: Municipality) -> str:
    """A line of the audit log as the page of the log lists it, and what is wrong with it."""
    parts = (_instant(line.at, town), line.user, event_name(line.event), line.subject)
    text = " · ".join(part for part in parts if part)
    return _(_ASTRAY[line.astray]).format(line=text)


_ASTRAY: Mapping[Astray, str] = {
    "": "{line}",
    "added": N_("{line}: this line was added"),
    "changed": N_("{line}: this line was changed"),
    "gone": N_("{line}: this line was taken away"),
    "alone": N_("{line}: the event of this line is missing"),
}


def _fact(name: str, value: object, town: Municipality) -> object:
    if name in _AMOUNTS:
        return _amount(value, town)
    if name == "chain" and isinstance(value, str):
        return chain_name(value)
    return value


def _is_amount(table: str, column: str) -> bool:
    if (table, column) in _AMOUNT_COLUMNS:
        return True
    known = Base.metadata.tables.get(table)
    return known is not None and column in known.columns and isinstance(known.columns[column].type, MoneyType)


def _amount(value: object, town: Municipality) -> str:
    """Whatever else somebody has put in an amount's place stands as it is."""
    if isinstance(value, Money):
        value = value.minor
    if isinstance(value, bool) or not isinstance(value, int) or town.currency.code == NO_CURRENCY:
        return str(value)
    return format_money(Money(value), town.currency, with_code=True)


def _instant(at: object, town: Municipality) -> str:
    return format_instant(at, town.calendar.zone) if isinstance(at, datetime) else str(at or "")


def _apart(was: str, now: str) -> tuple[str, str]:
    """Two values in short; two long ones from a little before where they part."""
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(was, now, strict=False))))
    if same > _LONGEST - _LEAD and not was.startswith("#"):
        was, now = (f"…{text[same - _LEAD :]}" for text in (was, now))
    return _short(was), _short(now)


def _short(text: str) -> str:
    """As much of a value as a line has room for: of a long text, or the digest that stands for one, its beginning."""
    longest = _OF_A_DIGEST if text.startswith("#") else _LONGEST
    return text if len(text) <= longest else f"{text[:longest]}…"
