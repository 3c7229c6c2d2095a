"""Every indicator: its name, the question it answers, how it is made, its unit, direction and source."""

from collections.abc import Mapping
from dataclasses import dataclass

from muniadmin.indicators.units import Direction, Unit
from muniadmin.kernel.i18n import N_


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One line of the catalogue."""

    id: str
    name: str
    question: str
    #: How it is made, in words; {since} and {until} are the period's days.
    formula: str
    unit: Unit
    direction: Direction
    source: str


_LEDGER = N_("ledger")
_REGISTER = N_("register of taxpayers")
_FINES = N_("fines and payments")
_REQUESTS = N_("requests for extracts")

_ALL = (
    Indicator(
        id="collected",
        name=N_("Revenue collected"),
        question=N_("How much money came in?"),
        formula=N_(
            "Everything paid on bills and booked from {since} to {until}, penalties included; what was cancelled, came "
            "back or was set free in these days deducted. An advance counts when it is used."
        ),
        unit=Unit.MONEY,
        direction=Direction.UP,
        source=_LEDGER,
    ),
    Indicator(
        id="assessed",
        name=N_("Assessed"),
        question=N_("How much was demanded?"),
        formula=N_(
            "What was charged from {since} to {until}, penalties left out; what was found in these days never to have "
            "been owed deducted."
        ),
        unit=Unit.MONEY,
        direction=Direction.NEUTRAL,
        source=_LEDGER,
    ),
    Indicator(
        id="collection_rate",
        name=N_("Collection rate"),
        question=N_("How much of what is demanded comes in?"),
        formula=N_(
            "What was collected from {since} to {until}, divided by what was assessed in the same days; for a period "
            "shorter than a year, in the twelve months up to its end."
        ),
        unit=Unit.RATIO,
        direction=Direction.UP,
        source=_LEDGER,
    ),
    Indicator(
        id="arrears",
        name=N_("Arrears"),
        question=N_("How much is overdue?"),
        formula=N_(
            "What was left in the books of {until} of debts due before that day, penalties booked and costs included. "
            "The grade is that of PEFA PI-19.4: arrears against twelve months of collection, and their age."
        ),
        unit=Unit.MONEY,
        direction=Direction.DOWN,
        source=_LEDGER,
    ),
    Indicator(
        id="on_time",
        name=N_("Paid on time"),
        question=N_("How much is paid by its due date?"),
        formula=N_(
            "Of the instalments that fell due from {since} to {until}, the part that was paid with money that counts "
            "for the due day or before; what was never owed is left out."
        ),
        unit=Unit.RATIO,
        direction=Direction.UP,
        source=_LEDGER,
    ),
    Indicator(
        id="mobile_share",
        name=N_("Mobile share"),
        question=N_("How many people pay by phone?"),
        formula=N_(
            "What was collected by mobile money and booked from {since} to {until}, divided by all that was collected."
        ),
        unit=Unit.RATIO,
        direction=Direction.UP,
        source=_LEDGER,
    ),
    Indicator(
        id="payments",
        name=N_("Payments"),
        question=N_("How often does somebody pay?"),
        formula=N_("How many receipts were booked from {since} to {until}, cancelled ones left out."),
        unit=Unit.COUNT,
        direction=Direction.NEUTRAL,
        source=_LEDGER,
    ),
    Indicator(
        id="receipts_cancelled",
        name=N_("Receipts cancelled"),
        question=N_("How often is a receipt taken back?"),
        formula=N_("How many receipts were cancelled from {since} to {until}."),
        unit=Unit.COUNT,
        direction=Direction.DOWN,
        source=_LEDGER,
    ),
    Indicator(
        id="taxpayers",
        name=N_("Active taxpayers"),
        question=N_("How many taxpayers are on the register?"),
        formula=N_("Taxpayers registered by {until} and neither dormant nor closed today."),
        unit=Unit.COUNT,
        direction=Direction.UP,
        source=_REGISTER,
    ),
    Indicator(
        id="fines_issued",
        name=N_("Fines"),
        question=N_("How many fines were written?"),
        formula=N_("Fines for offences committed from {since} to {until}, void ones left out."),
        unit=Unit.COUNT,
        direction=Direction.NEUTRAL,
        source=_FINES,
    ),
    Indicator(
        id="fines_paid",
        name=N_("Fines paid"),
        question=N_("How many fines are paid?"),
        formula=N_(
            "Of the fines for offences committed from {since} to {until}, the part that is settled today."
        ),
        unit=Unit.RATIO,
        direction=Direction.UP,
        source=_FINES,
    ),
    Indicator(
        id="requests_received",
        name=N_("Requests received"),
        question=N_("How many documents do citizens ask for?"),
        formula=N_("Requests received from {since} to {until}."),
        unit=Unit.COUNT,
        direction=Direction.NEUTRAL,
        source=_REQUESTS,
    ),
    Indicator(
        id="requests_delivered",
        name=N_("Requests delivered"),
        question=N_("How many requests were finished?"),
        formula=N_("Requests whose document was handed over from {since} to {until}."),
        unit=Unit.COUNT,
        direction=Direction.UP,
        source=_REQUESTS,
    ),
    Indicator(
        id="delay_median",
        name=N_("Median delay"),
        question=N_("How long does a citizen usually wait for a document?"),
        formula=N_(
            "Of the requests that became ready from {since} to {until}, the middle one of the times between reception "
            "and readiness."
        ),
        unit=Unit.MINUTES,
        direction=Direction.DOWN,
        source=_REQUESTS,
    ),
    Indicator(
        id="delay_p90",
        name=N_("Delay of nine in ten"),
        question=N_("How long do nine in ten citizens wait at most?"),
        formula=N_(
            "Of the requests that became ready from {since} to {until}, the time between reception and readiness that "
            "nine in ten do not exceed."
        ),
        unit=Unit.MINUTES,
        direction=Direction.DOWN,
        source=_REQUESTS,
    ),
    Indicator(
        id="requests_on_time",
        name=N_("Extracts on time"),
        question=N_("Do citizens get their documents when promised?"),
        formula=N_(
            "Of the requests promised for a time from {since} to {until}, the part that was ready by then; refused "
            "ones left out, open ones counted as late."
        ),
        unit=Unit.RATIO,
        direction=Direction.UP,
        source=_REQUESTS,
    ),
)

CATALOGUE: Mapping[str, Indicator] = {one.id: one for one in _ALL}

TILES = ("collected", "collection_rate", "arrears", "mobile_share", "delay_median", "requests_on_time")
"""The figures the indicators page begins with."""
