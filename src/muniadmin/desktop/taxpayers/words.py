"""How the register speaks: words and tones of standings, kinds and happenings, and the columns of the list."""

from collections.abc import Callable, Mapping

from muniadmin.billing.reads import RegisterRow
from muniadmin.billing.rules import STANDING_NAMES
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.kernel.formats import format_date, format_number
from muniadmin.kernel.i18n import N_, _, pick
from muniadmin.kernel.money import Money
from muniadmin.taxpayers.reads import DuplicateCandidate, Taxpayer360
from muniadmin.taxpayers.rules import LIKENESS_NAMES

_TONES = {"overdue": Tone.BAD, "not_due": Tone.NEUTRAL, "up_to_date": Tone.GOOD}

KINDS: Mapping[str, str] = {"person": N_("Person"), "organisation": N_("Organisation")}
STATUSES: Mapping[str, str] = {"active": N_("Active"), "dormant": N_("Dormant"), "closed": N_("Closed")}

_HAPPENINGS: Mapping[str, str] = {
    "taxpayers:taxpayer:registered": N_("Registered by {user}"),
    "taxpayers:taxpayer:changed": N_("File changed by {user}"),
    "taxpayers:taxpayer:imported-again": N_("File changed by an import of {user}"),
    "taxpayers:object:added": N_("Object added by {user}"),
    "taxpayers:object:changed": N_("Object changed by {user}"),
    "taxpayers:object:ended": N_("Object ended by {user}"),
}


def standing_word(standing: str) -> str:
    """Where a taxpayer stands, in the user's language."""
    return _(STANDING_NAMES[standing])


def standing_tone(standing: str) -> Tone:
    """The tone of a standing."""
    return _TONES.get(standing, Tone.NEUTRAL)


def happening(event: str, user: str) -> str:
    """A line of the audit log about a file, in words; empty for what says nothing to a clerk."""
    sentence = _HAPPENINGS.get(event)
    return _(sentence).format(user=user) if sentence else ""


def reasons_in_words(candidate: DuplicateCandidate) -> str:
    """Why somebody on the register may be the one being typed."""
    return " · ".join(_(LIKENESS_NAMES[reason]) for reason in candidate.reasons)


def identity_line(taxpayer: Taxpayer360) -> str:
    """Number, first identifier, birth: who exactly this is, in one line."""
    parts = [taxpayer.number]
    parts += [f"{pick(one.names)} {one.value}" for one in taxpayer.identifiers[:1]]
    if taxpayer.born_on is not None:
        parts.append(_("born {day}").format(day=format_date(taxpayer.born_on)))
    return " · ".join(parts)


def columns(shell: Shell) -> list[Column[RegisterRow]]:
    """The columns of the list; their ids are those an export takes."""

    def beside(name: str, title: str, amount: Callable[[RegisterRow], Money]) -> Column[RegisterRow]:
        return Column(
            name, shell.with_currency(title), lambda row: shell.amount(amount(row)), width=110, number=True,
            look="muted", hidden=True,
        )  # fmt: skip

    return [
        Column("number", _("Number"), lambda row: row.number, width=112, look="muted", sort="number", leaves=1),
        Column("name", _("Name"), lambda row: row.name, width=170, stretch=True, look="strong", sort="name"),
        Column("name_arabic", _("Name in Arabic"), lambda row: row.name_arabic, width=140, hidden=True),
        Column("kind", _("Person type"), lambda row: _(KINDS[row.kind]), width=100, look="muted", hidden=True),
        Column(
            "zone", _("Zone"), lambda row: pick(row.zone_names), width=112, stretch=True, sort="zone", leaves=2
        ),
        Column("address", _("Address"), lambda row: row.address, width=170, hidden=True),
        Column("phone", _("Phone"), lambda row: row.phone, width=116, look="muted", hidden=True),
        Column(
            "objects", _("Objects"), lambda row: format_number(row.objects), width=70, number=True, sort="objects",
            leaves=3,
        ),
        Column(
            "standing", _("State"), lambda row: standing_word(row.standing), width=112,
            pill=lambda row: standing_tone(row.standing), sort="standing",
        ),
        Column(
            "overdue", shell.with_currency(_("Overdue")), lambda row: shell.amount(row.overdue), width=110,
            number=True, look=lambda row: "bad" if row.overdue else "muted", hidden=True,
        ),
        beside("accrued", _("Penalty accrued"), lambda row: row.accrued),
        beside("suspended", _("Suspended"), lambda row: row.suspended),
        beside("credit", _("Credit held"), lambda row: row.credit),
        Column(
            "balance", shell.with_currency(_("Balance")), lambda row: shell.amount(row.balance), width=116,
            number=True, sort="balance",
        ),
    ]  # fmt: skip
