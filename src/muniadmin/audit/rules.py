"""What the events of the log and their details are called on screen. A new event gets its name here."""

from collections.abc import Mapping

from muniadmin.kernel.folding import fold
from muniadmin.kernel.i18n import N_, _

EVENT_NAMES: Mapping[str, str] = {
    "access:password:changed": N_("Own password changed"),
    "access:password:set": N_("Password set for a user"),
    "access:user:changed": N_("User changed"),
    "access:user:created": N_("User created"),
    "access:user:refused": N_("Sign-in refused"),
    "access:user:signed-in": N_("Signed in"),
    "anchors:anchor:made": N_("Anchor made"),
    "anchors:folder:chosen": N_("Folder of the anchors chosen"),
    "assessment:bill:printed": N_("Bill printed"),
    "assessment:roll:begun": N_("Roll begun"),
    "assessment:roll:issued": N_("Roll issued"),
    "assessment:roll:stopped": N_("Roll stopped"),
    "assessment:tariff:saved": N_("Tariff saved"),
    "billing:debt:decided": N_("Debt reduced, moved or suspended"),
    "billing:rule:changed": N_("Penalty rule changed"),
    "billing:totals:rebuilt": N_("Totals by day added up again"),
    "billing:statement:issued": N_("Statement of account issued"),
    "civil_status:act:changed": N_("Draft of an act changed"),
    "civil_status:act:discarded": N_("Draft of an act discarded"),
    "civil_status:act:drafted": N_("Act drafted"),
    "civil_status:act:signed": N_("Act signed"),
    "civil_status:register:closed": N_("Act register closed"),
    "civil_status:register:opened": N_("Act register opened"),
    "civil_status:request:delivered": N_("Extract delivered"),
    "civil_status:request:prepared": N_("Extract prepared"),
    "civil_status:request:refused": N_("Extract request refused"),
    "civil_status:request:reworked": N_("Extract sent back for rework"),
    "civil_status:request:started": N_("Extract request started"),
    "civil_status:request:taken": N_("Extract request taken"),
    "collection:payment:taken": N_("Payment taken"),
    "collection:receipt:cancelled": N_("Receipt cancelled"),
    "collection:session:closed": N_("Cash session closed"),
    "collection:session:opened": N_("Cash session opened"),
    "collection:tender:returned": N_("Payment came back"),
    "collection:tender:value-day-corrected": N_("Day corrected for which money counts"),
    "documents:document:printed": N_("Document printed"),
    "exchange:fines:begun": N_("Import of fines begun"),
    "exchange:fines:imported": N_("Fines imported"),
    "exchange:fines:stopped": N_("Import of fines stopped"),
    "exchange:register:exported": N_("List of taxpayers exported"),
    "exchange:taxpayers:begun": N_("Import of taxpayers begun"),
    "exchange:taxpayers:imported": N_("Taxpayers imported"),
    "exchange:taxpayers:stopped": N_("Import of taxpayers stopped"),
    "fines:file:imported": N_("Fines taken over"),
    "fines:fine:captured": N_("Fine captured"),
    "fines:fine:voided": N_("Fine voided"),
    "fines:notice:issued": N_("Notice of a fine issued"),
    "indicators:goal:set": N_("Target of an indicator set"),
    "indicators:months:kept": N_("Months of the indicators kept"),
    "ledger:day:opened": N_("Business day opened"),
    "ledger:day:taken-back": N_("Business day taken back"),
    "settings:municipality:set-up": N_("Municipality set up"),
    "taxpayers:object:added": N_("Taxable object added"),
    "taxpayers:object:changed": N_("Taxable object changed"),
    "taxpayers:object:ended": N_("Taxable object ended"),
    "taxpayers:register:taken-over": N_("Register taken over"),
    "taxpayers:taxpayer:changed": N_("Taxpayer changed"),
    "taxpayers:taxpayer:imported-again": N_("Taxpayer changed by an import"),
    "taxpayers:taxpayer:registered": N_("Taxpayer registered"),
    "verification:heads:begun-anew": N_("A workstation’s memory of the chains begun anew"),
    "verification:database:exported": N_("Database exported for an independent check"),
    "verification:database:verified": N_("Database verified"),
    "verification:database:verified-since-anchor": N_("Database verified since an anchor"),
}


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
    name = EVENT_NAMES.get(event)
    return event if name is None else _(name)


def events_named(text: str) -> list[str]:
    """The events whose name in the language in force holds ``text``, whatever its case and accents."""
    wanted = fold(text)
    return [event for event in EVENT_NAMES if wanted in fold(event_name(event))]
