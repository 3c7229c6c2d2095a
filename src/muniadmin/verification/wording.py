"""What is said of a checked paper, in the language in force: on the screen and on the command line alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from muniadmin.civil_status.sheets import ExtractSheet
from muniadmin.collection.rules import CHANNEL_NAMES
from muniadmin.collection.sheets import ReceiptSheet
from muniadmin.kernel.formats import format_date, format_instant, format_money
from muniadmin.kernel.i18n import N_, _, ngettext
from muniadmin.kernel.money import Currency, Money, total
from muniadmin.verification.reads import CheckedPaper, Verdict

#: More of a forged text is not shown.
_SHOWN = 60
#: So many of the debts that a receipt paid are named one by one.
_NAMED = 2

FIELD_NAMES: Mapping[str, str] = {
    "number": N_("Number"),
    "taken_on": N_("Day"),
    "amount": N_("Amount"),
    "currency": N_("Currency"),
    "taxpayer_number": N_("Taxpayer"),
    "desk": N_("Cash desk"),
    "issued_on": N_("Issued on"),
    "act": N_("Act"),
    "holder": N_("Holder"),
    "born_on": N_("Born on"),
}
"""What the claims of a code are called."""


@dataclass(frozen=True)
class Words:
    """A verdict in words: what is the case, and what to do."""

    sentence: str
    advice: str


def words_of(paper: CheckedPaper) -> Words:
    """What is the case with the paper, and what to do."""
    if paper.verdict is Verdict.FORGED:
        return _forged(paper)
    if paper.verdict is Verdict.DIFFERS:
        return _differs(paper)
    if paper.verdict is Verdict.RETURNED:
        return _returned(paper)
    if paper.verdict is Verdict.WITHDRAWN:
        return _withdrawn(paper)
    if paper.verdict is Verdict.GENUINE:
        return _genuine(paper)
    receipt = paper.kind == ReceiptSheet.KIND
    cancelled_on = format_date(paper.cancelled.cancelled_on) if paper.cancelled is not None else ""
    sentences = {
        Verdict.CANCELLED: _("Cancelled: receipt {number} was cancelled on {day}. It proves no payment."),
        Verdict.UNKNOWN: _(
            "Unknown: receipt {number} bears this municipality’s signature, but is not in this database."
        )
        if receipt
        else _("Unknown: extract {number} bears this municipality’s signature, but is not in this database."),
        Verdict.OTHER_KEY: _("Not of this municipality: {number} was signed with another key ({key})."),
        Verdict.SIGNED: _("Genuine signature: receipt {number} was signed with this key.")
        if receipt
        else _("Genuine signature: extract {number} was signed with this key."),
    }
    advices = {
        Verdict.CANCELLED: _("The debts that it had paid are owed again. Keep the paper if it is presented as valid."),
        Verdict.UNKNOWN: _(
            "Keep a copy and tell your supervisor: it was issued on another database or after the copy that this one "
            "was restored from, or the key is in wrong hands."
        ),
        Verdict.OTHER_KEY: _(
            "Ask the municipality that issued it, or check it with that municipality’s public key. If the paper bears "
            "this municipality’s name, it is false: keep it and tell your supervisor."
        ),
        Verdict.SIGNED: " ".join(
            [_("Compare the paper with what its code says."), not_known(paper)]
        ),
    }  # fmt: skip
    facts = {"number": short(paper.number), "key": short(paper.key), "day": cancelled_on}
    return Words(sentences[paper.verdict].format(**facts), advices[paper.verdict])


def not_known(paper: CheckedPaper) -> str:
    """What only the database can tell."""
    if paper.kind == ReceiptSheet.KIND:
        return _(
            "Without the database it is not known whether the receipt was cancelled, whether its money came back, "
            "and whether what else stands on the paper is what was issued."
        )
    return _(
        "Without the database it is not known whether the extract was withdrawn, and whether what else stands on the "
        "paper is what was issued."
    )


def _genuine(paper: CheckedPaper) -> Words:
    facts = {
        "number": paper.number,
        "day": says(paper, "taken_on" if "taken_on" in paper.says else "issued_on"),
    }
    if paper.kind == ReceiptSheet.KIND:
        sentence = _("Genuine: receipt {number} of {day}, {amount}.").format(
            **facts, amount=says(paper, "amount")
        )
    else:
        sentence = _("Genuine: extract {number} of {day}.").format(**facts)
    advice = _("Compare the paper with what was issued: a genuine code can be copied onto a false paper.")
    if paper.annulled_bills:
        annulled = ngettext(
            "Bill {numbers} was annulled since: what was paid for it is held as credit or pays other debts.",
            "Bills {numbers} were annulled since: what was paid for them is held as credit or pays other debts.",
            len(paper.annulled_bills),
        ).format(numbers=", ".join(paper.annulled_bills))
        advice = f"{annulled} {advice}"
    return Words(sentence, advice)


def _returned(paper: CheckedPaper) -> Words:
    back = total(one.amount for one in paper.returned)
    facts = {
        "number": paper.number,
        "day": format_date(max(one.returned_on for one in paper.returned)),
        "amount": _money(back, paper.currency),
    }
    if says(paper, "amount") == _money(back, paper.currency):
        sentence = _("Money returned: all the money of receipt {number} ({amount}) came back on {day}.")
    else:
        sentence = _("Money returned: {amount} of receipt {number} came back, the last on {day}.")
    advice = _("What it had paid is owed again: look up what is owed before you accept it as proof.")
    return Words(sentence.format(**facts), advice)


def _withdrawn(paper: CheckedPaper) -> Words:
    withdrawn = paper.withdrawn
    assert withdrawn is not None
    zone = paper.issued.issuer.zone if paper.issued is not None else "UTC"
    sentence = _("Withdrawn: extract {number} was withdrawn on {day}.").format(
        number=paper.number, day=format_instant(withdrawn.withdrawn_at, zone)
    )
    if withdrawn.replaced_by:
        advice = _("Extract {number} was made in its place. Take this one in.").format(
            number=withdrawn.replaced_by
        )
    else:
        advice = _("No valid extract stands in its place: see request {number}. Take this one in.").format(
            number=withdrawn.request_number
        )
    return Words(sentence, advice)


def _differs(paper: CheckedPaper) -> Words:
    if paper.issued is None:
        sentence = _(
            "The signature of {number} is genuine, but what this database keeps of it cannot be read."
        )
    else:
        sentence = _("The signature of {number} is genuine, but this database says something else: {fields}.")
    advice = _(
        "Do not blame who brings it: the database may have been changed. Keep a copy and have your administrator run "
        "“muniadmin verify”."
    )
    return Words(sentence.format(number=short(paper.number), fields=_field_list(paper)), advice)


def _forged(paper: CheckedPaper) -> Words:
    number = short(paper.number)
    if paper.issued is None:
        sentence = _(
            "Forged: the signature does not match, and nothing that can be read was issued as {number}."
        )
    elif paper.differs:
        sentence = _("Forged: the signature does not match, and {number} was issued otherwise: {fields}.")
    else:
        sentence = _("Forged: {number} was issued as the code says, but this is not its signature.")
    advice = _(
        "Scan it once more. If the answer stays, keep the paper, note who presented it, and tell your supervisor."
    )
    return Words(sentence.format(number=number, fields=_field_list(paper)), advice)


def _field_list(paper: CheckedPaper) -> str:
    return ", ".join(_(FIELD_NAMES[one.field]).lower() for one in paper.differs)


# --- Facts to compare the paper with ---------------------------------------------------------------------------------


def facts_of(paper: CheckedPaper) -> list[tuple[str, str]]:
    """Names and values: what became of the paper, and what was issued; without a database what the code says."""
    return [*_became(paper), *(_issued(paper) if paper.issued is not None else _said(paper))]


def differences_of(paper: CheckedPaper) -> list[tuple[str, str, str]]:
    """Of each field that is otherwise: its name, what the code says, what was issued."""
    return [
        (
            _(FIELD_NAMES[one.field]),
            shown(paper, one.field, one.on_paper),
            shown(paper, one.field, one.issued),
        )
        for one in paper.differs
    ]


def says(paper: CheckedPaper, field: str) -> str:
    """What the code says in a field, as people write it."""
    return shown(paper, field, paper.says[field])


def shown(paper: CheckedPaper, field: str, value: str) -> str:
    """A claim as people write it; of a forged text as it stands there, if it is none."""
    try:
        if field in ("taken_on", "issued_on", "born_on"):
            return format_date(date.fromisoformat(value))
        if field == "amount":
            return _money(Money(int(value)), paper.currency)
    except (ValueError, ArithmeticError):
        return short(value)
    return short(value) or "—"


def short(value: str) -> str:
    """As much of a text that nobody vouches for as is shown."""
    return value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"


def _money(amount: Money, currency: Currency) -> str:
    return format_money(amount, currency, with_code=True)


def _became(paper: CheckedPaper) -> list[tuple[str, str]]:
    facts: list[tuple[str, str]] = []
    if (cancelled := paper.cancelled) is not None:
        facts += [
            (_("Cancellation"), f"{cancelled.number} · {format_date(cancelled.cancelled_on)}"),
            (_("Cancelled by"), cancelled.cancelled_by),
            (_("Approved by"), cancelled.approved_by),
            (_("Reason"), cancelled.reason),
        ]
    for one in paper.returned:
        parts = (
            _(CHANNEL_NAMES.get(one.channel, one.channel)),
            one.reference,
            _money(one.amount, paper.currency),
            format_date(one.returned_on),
            one.number,
        )
        facts.append((_("Came back"), " · ".join(part for part in parts if part)))
        facts.append((_("Reason"), one.reason))
    return [(name, value) for name, value in facts if value]


def _said(paper: CheckedPaper) -> list[tuple[str, str]]:
    return [(_(FIELD_NAMES[field]), says(paper, field)) for field in paper.says if field != "currency"]


def _issued(paper: CheckedPaper) -> list[tuple[str, str]]:
    sheet = paper.issued
    if isinstance(sheet, ReceiptSheet):
        return _receipt(sheet)
    assert isinstance(sheet, ExtractSheet)
    facts = [
        (_("Document"), sheet.title),
        (_("Issued on"), format_date(sheet.issued_on)),
        (_("Holder"), sheet.child.name),
        (_("Born on"), f"{format_date(sheet.born_on)} · {sheet.birthplace}"),
        (_("Act"), f"{sheet.act_number}/{sheet.act_year} · {sheet.office}"),
        (_("Registrar"), sheet.registrar),
        (_("Requester"), sheet.requester),
    ]
    return [(name, value) for name, value in facts if value]


def _receipt(sheet: ReceiptSheet) -> list[tuple[str, str]]:
    money = sheet.currency
    taken_on = sheet.taken_at.astimezone(ZoneInfo(sheet.issuer.zone)).date()
    means = [
        " ".join(filter(None, (one.channel, one.reference, _money(one.amount, money))))
        for one in sheet.tenders
    ]
    facts = [
        (_("Payer"), sheet.payer),
        (_("Taxpayer"), sheet.taxpayer_number or ""),
        (_("Amount"), _money(sheet.total, money)),
        (_("Means"), " + ".join(means)),
        (_("Taken at"), format_instant(sheet.taken_at, sheet.issuer.zone)),
        (_("Counts from"), format_date(sheet.value_on) if sheet.value_on != taken_on else ""),
        (_("Cash desk"), " · ".join(part for part in (sheet.desk, sheet.cashier) if part)),
        *(
            (f"{line.what} {line.period}".strip(), f"{line.bill_number} · {_money(line.amount, money)}")
            for line in sheet.lines[:_NAMED]
        ),
    ]
    if rest := sheet.lines[_NAMED:]:
        more = ngettext("{count} more debt", "{count} more debts", len(rest)).format(count=len(rest))
        facts.append((more, _money(total(line.amount for line in rest), money)))
    facts.append((_("Taken for, nothing owed"), ", ".join(sheet.given_for)))
    if sheet.credit:
        facts.append((_("Kept as credit"), _money(sheet.credit, money)))
    return [(name, value) for name, value in facts if value]
