"""How the register speaks: words and tones of standings, kinds and happenings."""

from collections.abc import Mapping

from muniadmin.billing.rules import STANDING_NAMES
from muniadmin.desktop.theme import Tone
from muniadmin.kernel.formats import format_date
from muniadmin.kernel.i18n import N_, _, pick
from muniadmin.taxpayers.reads import DuplicateCandidate, Taxpayer360
from muniadmin.taxpayers.rules import LIKENESS_NAMES

_TONES = {"overdue": Tone.BAD, "not_due": Tone.NEUTRAL, "up_to_date": Tone.GOOD}

KINDS: Mapping[str, str] = {"person": N_("Person"), "organisation": N_("Organisation")}
STATUSES: Mapping[str, str] = {"active": N_("active"), "dormant": N_("dormant"), "closed": N_("closed")}

_HAPPENINGS: Mapping[str, str] = {
    "taxpayers:taxpayer:registered": N_("Registered by {user}"),
    "taxpayers:taxpayer:changed": N_("File changed by {user}"),
    "taxpayers:taxpayer:imported-again": N_("File changed by an import of {user}"),
    "taxpayers:object:added": N_("Object added by {user}"),
    "taxpayers:object:changed": N_("Object changed by {user}"),
    "taxpayers:object:ended": N_("Object ended by {user}"),
}


def standing_word(standing: str) -> str:
    """Where a taxpayer stands, in the user's language; their status for whoever may not see bills."""
    return _(STANDING_NAMES.get(standing) or STATUSES[standing])


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
