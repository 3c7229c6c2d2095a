"""What the events of the log, which the slices bring, and their details are called on screen."""

from collections.abc import Iterable, Mapping

from muniadmin.kernel.folding import fold
from muniadmin.kernel.i18n import N_, _

_registered: Mapping[str, str] = {}


def register_events(names: Iterable[tuple[str, str]]) -> None:
    """Says what the events of every slice are called; bootstrap does. ValueError when one comes twice."""
    global _registered
    known = tuple(names)
    codes = sorted(event for event, _name in known)
    if len(set(codes)) < len(codes):
        raise ValueError(f"an event comes twice: {codes}")
    _registered = dict(known)


def every_event() -> Mapping[str, str]:
    """What each event is called, by its code; not yet translated."""
    return _registered


DETAIL_NAMES: Mapping[str, str] = {
    "act": N_("Act"),
    "acts": N_("Signed acts"),
    "active": N_("Active"),
    "added": N_("Added"),
    "amount": N_("Amount"),
    "anchor": N_("Anchor"),
    "approved_by": N_("Approved by"),
    "baseline": N_("Baseline"),
    "bills": N_("Bills"),
    "changed": N_("Changed"),
    "channel": N_("Means of payment"),
    "copies": N_("Copies"),
    "counted": N_("Counted"),
    "desk": N_("Cash desk"),
    "document": N_("Document"),
    "digest": N_("Digest"),
    "duplicate": N_("Duplicate"),
    "expected": N_("Expected"),
    "explanation": N_("Explanation"),
    "findings": N_("Findings"),
    "fields": N_("Changed fields"),
    "fines": N_("Fines"),
    "float": N_("Opening float"),
    "folder": N_("Folder"),
    "kind": N_("Kind"),
    "lost": N_("Chains that were no longer as remembered"),
    "objects": N_("Objects"),
    "offence": N_("Offence"),
    "owed": N_("Left to pay"),
    "reason": N_("Reason"),
    "register": N_("Register"),
    "rejected": N_("Rejected"),
    "roles": N_("Roles"),
    "target": N_("Target"),
    "tariff": N_("Tariff"),
    "taxpayers": N_("Taxpayers"),
    "unchanged": N_("Unchanged"),
    "year": N_("Year"),
}

MONEY_DETAILS = frozenset({"amount", "counted", "expected", "float", "owed"})
"""Details that are amounts, in minor units."""


def detail_name(name: str) -> str:
    """A detail in the language in force; one without a name keeps its code."""
    known = DETAIL_NAMES.get(name)
    return name if known is None else _(known)


def event_name(event: str) -> str:
    """The event in the language in force; one without a name keeps its code."""
    name = _registered.get(event)
    return event if name is None else _(name)


def events_named(text: str) -> list[str]:
    """The events whose name in the language in force holds ``text``, whatever its case and accents."""
    wanted = fold(text)
    return [event for event in sorted(_registered) if wanted in fold(event_name(event))]
