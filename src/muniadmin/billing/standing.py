"""Where a bill stands: what is left of each instalment, what has accrued on it and is not booked, what rests, and what
an early payment saves; on any day, as known on any day. The one computation of what is owed. Pure.

``on`` is the day to which clocks run; ``known`` the day up to which the books are read.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from muniadmin.billing.accrual import Stretch, accrued, rules_for
from muniadmin.billing.facts import (
    COST,
    NEVER_OWED,
    PRINCIPAL,
    WRITE_OFF,
    BillFacts,
    ChargeFact,
    OfferFact,
    RebateVersion,
    SettlementFact,
    SuspensionFact,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Instalment:
    """A principal (or a cost) with the penalty on it; minor units.

    ``left`` and ``penalty`` are booked, ``accrued`` is not yet. ``suspended`` is the part of ``left`` that rests.
    ``rebate`` is waived when all the rest is paid on the day; ``rebate_until`` the last day of that. ``written_off`` is
    in none of these: nobody hopes for it, but whoever comes to pay may pay it.
    """

    charge: ChargeFact
    due_on: date
    left: int
    penalty: int
    accrued: int
    suspended: int
    rebate: int
    rebate_until: date | None
    written_off: int

    @property
    def booked(self) -> int:
        """What the ledger's receivable holds of it."""
        return self.left + self.penalty

    @property
    def owed(self) -> int:
        """What would settle it on the day."""
        return self.left + self.penalty + self.accrued - self.rebate

    @property
    def payable(self) -> int:
        """The most that may be paid on the day."""
        return self.owed + self.written_off


def standing(bill: BillFacts, on: date, known: date) -> list[Instalment]:
    """Every principal and cost of the bill booked up to ``known``, in the order of their due days."""
    rebates = _rebates(bill, on, known)
    found = []
    for charge in bill.charges:
        if charge.kind not in (PRINCIPAL, COST) or charge.booked_on > known:
            continue
        left = bill.left(charge, known)
        rebate, until = rebates.get(charge.id, (0, None))
        penalty, accrued = _penalty(bill, charge, on, known)
        found.append(
            Instalment(
                charge=charge,
                due_on=bill.due_on(charge, known),
                left=left,
                penalty=penalty,
                accrued=accrued,
                suspended=min(left, suspended(bill, charge, on, known)),
                rebate=rebate,
                rebate_until=until,
                written_off=sum(
                    bill.written_off(one, known) for one in (charge, *bill.penalties_on(charge.id, known))
                ),
            )
        )
    return sorted(found, key=lambda one: (one.due_on, one.charge.part, one.charge.id))


def _penalty(bill: BillFacts, charge: ChargeFact, on: date, known: date) -> tuple[int, int]:
    """The penalty on a principal by ``on``: what is booked and left, and what is not booked yet. On a day gone by, what
    was booked for the days after it is left out as far as it had not accrued."""
    if charge.kind != PRINCIPAL:
        return 0, 0
    penalties = bill.penalties_on(charge.id, known)
    left = sum(bill.left(one, known) for one in penalties)
    ahead = booked_penalty(bill, charge, known) - accrued_by(bill, charge, on, known)
    later = sum(
        bill.left(one, known) for one in penalties if one.accrued_to is not None and one.accrued_to > on
    )
    return left - min(later, max(0, ahead)), max(0, -ahead)


def unbooked(bill: BillFacts, charge: ChargeFact, on: date, known: date) -> int:
    """The penalty that has accrued on ``charge`` by ``on`` and is not booked yet."""
    return _penalty(bill, charge, on, known)[1]


def accrued_by(bill: BillFacts, charge: ChargeFact, on: date, known: date) -> int:
    """All the penalty that has arisen on a principal by ``on``, booked or not."""
    due_on = bill.due_on(charge, known)
    if on <= due_on:
        return 0
    rules = rules_for(bill.penalties, bill.issued_on, known)
    after = max(due_on, charge.accrues_after or due_on)
    return accrued(rules, due_on, after, _stretches(bill, charge, after, on, known))


def booked_penalty(bill: BillFacts, charge: ChargeFact, known: date) -> int:
    """The penalty reckoned and booked on a principal, less what was found never to have been owed."""
    return sum(net_amount(bill, one, known) for one in reckoned_penalties(bill, charge, known))


def reckoned_penalties(bill: BillFacts, charge: ChargeFact, known: date) -> list[ChargeFact]:
    """The penalty on a principal that was reckoned here: what was taken over with it is owed as it came."""
    return [
        one
        for one in bill.penalties_on(charge.id, known)
        if charge.accrues_after is None
        or (one.accrued_to is not None and one.accrued_to > charge.accrues_after)
    ]


def net_amount(bill: BillFacts, charge: ChargeFact, known: date) -> int:
    """What was owed of a charge in truth: its amount less what was found never to have been owed."""
    return charge.amount - sum(
        one.amount for one in bill.settlements_of(charge.id, known) if one.decision_kind in NEVER_OWED
    )


def suspended(bill: BillFacts, charge: ChargeFact, on: date, known: date) -> int:
    """How much of a principal rests on a day."""
    if charge.kind != PRINCIPAL:
        return 0
    return sum(
        charge.amount if one.amount is None else one.amount
        for one in bill.suspensions
        if one.booked_on <= known and one.charge_id in (None, charge.id) and _rests(one, on, known)
    )


def _rests(one: SuspensionFact, day: date, known: date) -> bool:
    until = _until(one, known)
    return one.since <= day and (until is None or day < until)


def _until(one: SuspensionFact, known: date) -> date | None:
    """The first day on which it rests no longer: by its end, or before that by silence."""
    ends = [day for day in (one.silence_on, one.ends_on if _ended(one, known) else None) if day is not None]
    return min(ends, default=None)


def _ended(one: SuspensionFact, known: date) -> bool:
    return one.end_booked_on is not None and one.end_booked_on <= known


def _stretches(bill: BillFacts, charge: ChargeFact, after: date, to: date, known: date) -> list[Stretch]:
    """The days (after, to] cut where something was settled or began or ceased to rest, with what was left at the end of
    the day before each, less what rested on it."""
    settled = bill.settlements_of(charge.id, known)
    resting = [
        one
        for one in bill.suspensions
        if one.stops_accrual
        and one.booked_on <= known
        and one.charge_id in (None, charge.id)
        and not (one.as_if_never and _ended(one, known))
    ]
    cuts = {after, to, *(_counts_from(one) for one in settled)}
    for one in resting:
        cuts.add(one.since - _DAY)
        if (until := _until(one, known)) is not None:
            cuts.add(until - _DAY)
    days = sorted(day for day in cuts if after <= day <= to)
    stretches = []
    for begins, ends in pairwise(days):
        left = charge.amount - sum(one.amount for one in settled if _counts_from(one) <= begins)
        rests = sum(
            charge.amount if one.amount is None else one.amount
            for one in resting
            if _rests(one, begins + _DAY, known)
        )
        stretches.append(Stretch(begins, ends, max(0, left - rests)))
    return stretches


def _counts_from(one: SettlementFact) -> date:
    """The day from which a settlement lessens what penalty accrues on. What was never owed never bore any; a write-off
    that is taken back, because somebody pays after all, stopped the penalty as long as it stood."""
    if one.decision_kind in NEVER_OWED:
        return date.min
    return one.booked_on if one.reverses is not None and one.decision_kind == WRITE_OFF else one.value_on


# --- What an early payment saves ------------------------------------------------------------------------------------


def _rebates(bill: BillFacts, on: date, known: date) -> dict[int, tuple[int, date | None]]:
    """By charge: what paying all the rest on ``on`` saves, and until when."""
    offered = _offer(bill, on, known)
    if offered is not None:
        return offered
    found: dict[int, tuple[int, date | None]] = {}
    for charge in bill.charges:
        if charge.kind != PRINCIPAL or charge.booked_on > known:
            continue
        rule, until = rebate_rule(bill, charge, known)
        left = bill.left(charge, known)
        if rule is not None and until is not None and on <= until and left > 0:
            found[charge.id] = min(left, rebate_on(rule, bill, charge, left, known)), until
    return found


def _offer(bill: BillFacts, on: date, known: date) -> dict[int, tuple[int, date | None]] | None:
    """An offer settles the whole bill for its amount, less what was paid already."""
    offer = offer_on(bill, on, known)
    if offer is None:
        return None
    principals = [one for one in bill.charges if one.kind == PRINCIPAL and one.booked_on <= known]
    paid = sum(
        one.amount
        for charge in principals
        for one in bill.settlements_of(charge.id, known)
        if one.decision_id is None
    )
    lefts = {charge.id: bill.left(charge, known) for charge in principals}
    saved = max(0, sum(lefts.values()) - max(0, offer.amount - paid))
    found: dict[int, tuple[int, date | None]] = {}
    for charge_id, left in lefts.items():
        found[charge_id] = min(left, saved), offer.until - _DAY
        saved -= min(left, saved)
    return found


def offer_on(bill: BillFacts, on: date, known: date) -> OfferFact | None:
    """The offer that stands on a day; of several the one made last."""
    standing_ones = [one for one in bill.offers if one.booked_on <= known and one.since <= on < one.until]
    return standing_ones[-1] if standing_ones else None


def rebate_rule(bill: BillFacts, charge: ChargeFact, known: date) -> tuple[RebateVersion | None, date | None]:
    """The head's rebate for a principal, and its last day; (None, None) where there is none."""
    versions = [one for one in bill.rebates if one.booked_on <= known and one.since <= bill.issued_on]
    if not versions:
        return None, None
    rule = max(versions, key=lambda one: (one.since, one.booked_on))
    return rule, date(charge.due_on.year, rule.month, rule.day)


def rebate_on(rule: RebateVersion, bill: BillFacts, charge: ChargeFact, settled: int, known: date) -> int:
    """What settling ``settled`` of a principal in time saves. Of a rebate for paying the whole, what remains of it."""
    rate = Fraction(rule.rate)
    if not rule.whole:
        return _half_up(settled * rate)
    granted = sum(
        one.amount for one in bill.settlements_of(charge.id, known) if one.decision_kind == "rebate"
    )
    return max(0, rebate_on_all(rule, net_amount(bill, charge, known)) - granted)


def rebate_on_all(rule: RebateVersion, amount: int) -> int:
    """What settling all of a principal in time saves."""
    return _half_up(amount * Fraction(rule.rate))


def _half_up(exact: Fraction) -> int:
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
