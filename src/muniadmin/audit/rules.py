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
    "active": N_("Active"),
    "acts": N_("Signed acts"),
    "added": N_("Added"),
    "address": N_("Address"),
    "amount": N_("Amount"),
    "anchor": N_("Anchor"),
    "approved_by": N_("Approved by"),
    "baseline": N_("Baseline"),
    "bills": N_("Bills"),
    "born_on": N_("Born on"),
    "cause": N_("Cause"),
    "changed": N_("Changed"),
    "channel": N_("Means of payment"),
    "copies": N_("Copies"),
    "counted": N_("Counted"),
    "counts": N_("Applies to"),
    "desk": N_("Cash desk"),
    "digest": N_("Digest"),
    "document": N_("Document"),
    "duplicate": N_("Duplicate"),
    "email": N_("E-mail"),
    "exceptions": N_("Exceptions"),
    "expected": N_("Expected"),
    "explanation": N_("Explanation"),
    "extract": N_("Extract"),
    "fee": N_("Kept as a fee"),
    "fields": N_("Changed fields"),
    "file": N_("File"),
    "findings": N_("Findings"),
    "fines": N_("Fines"),
    "first": N_("Found first"),
    "float": N_("Opening float"),
    "folder": N_("Folder"),
    "from": N_("Before"),
    "given_for": N_("Taken for, nothing owed"),
    "identifiers": N_("Identifiers"),
    "kind": N_("Kind"),
    "label": N_("What it is called"),
    "language": N_("Language"),
    "last": N_("Last number"),
    "layout": N_("Layout"),
    "list": N_("List"),
    "lost": N_("Chains that were no longer as remembered"),
    "months": N_("Months"),
    "name": N_("Name"),
    "name_arabic": N_("Name in Arabic"),
    "note": N_("Note"),
    "notes": N_("Notes"),
    "nothing_owed": N_("Nothing to pay"),
    "object": N_("Object"),
    "objects": N_("Objects"),
    "offence": N_("Offence"),
    "on": N_("Day"),
    "owed": N_("Left to pay"),
    "phone": N_("Phone"),
    "picture": N_("Picture"),
    "reason": N_("Reason"),
    "register": N_("Register"),
    "rejected": N_("Rejected"),
    "relation": N_("Relation"),
    "roles": N_("Roles"),
    "rows": N_("Rows"),
    "sha256": N_("Digest"),
    "since": N_("Since"),
    "spec": N_("Rule"),
    "started_on": N_("Taxed since"),
    "status": N_("Status"),
    "target": N_("Target"),
    "tariff": N_("Tariff"),
    "taxpayers": N_("Taxpayers"),
    "tenders": N_("Means of payment"),
    "to": N_("Now"),
    "unchanged": N_("Unchanged"),
    "valid_from": N_("Valid from"),
    "wrong": N_("Totals that were wrong"),
    "year": N_("Year"),
    "zone": N_("Zone"),
}

MONEY_DETAILS = frozenset({"amount", "counted", "expected", "fee", "float", "owed"})
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
