"""Checks of the debts: charges, settlements, credits and decisions, what is kept of them, and the ledger."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from muniadmin.billing.facts import LASTING, NEVER_OWED, PENALTY, PRINCIPAL, BillFacts
from muniadmin.billing.loading import read_bills
from muniadmin.billing.models import (
    Account,
    AccountNow,
    Bill,
    BillNow,
    Charge,
    ChargeNow,
    Claim,
    Credit,
    CreditMove,
    Decision,
    Settlement,
    Tender,
    Term,
)
from muniadmin.billing.standing import accrued_by, net_amount, reckoned_penalties
from muniadmin.kernel.i18n import N_
from muniadmin.ledger.models import LedgerAccount, Posting
from muniadmin.ledger.queries import business_days
from muniadmin.ledger.rules import CREDIT, AccountKind, BusinessDays, receivable
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import Finding
from muniadmin.verification.money import counts_too_late, minor
from muniadmin.verification.rows import Look, judged, reason_of, streamed, unreadable

_BATCH = 500


def _amount(column: Any) -> Any:
    """A column of money as a plain number, to be added and compared."""
    return type_coerce(column, BigInteger)


def bills(reading: Reading, look: Look) -> Iterator[Finding]:
    """A bill's lines come to the principals that were issued with it, and what is kept of it is what its charges and
    their settlements come to."""
    charged = (
        select(
            Charge.bill_id,
            func.sum(_amount(Charge.amount)).label("amount"),
            func.sum(
                case(
                    (
                        and_(Charge.kind == PRINCIPAL, Charge.against.in_(("revenue", "opening"))),
                        _amount(Charge.amount),
                    ),
                    else_=0,
                )
            ).label("issued"),
        )
        .group_by(Charge.bill_id)
        .subquery()
    )
    settled = (
        select(Charge.bill_id, func.sum(Settlement.amount).label("amount"))
        .join(Charge, Charge.id == Settlement.charge_id)
        .group_by(Charge.bill_id)
        .subquery()
    )
    # A penalty is due with what it is on.
    instalment = aliased(ChargeNow)
    is_open = ChargeNow.closed_on.is_(None)
    due_days = (
        select(
            ChargeNow.bill_id,
            func.min(case((is_open, instalment.due_on))).label("oldest_open"),
            func.max(case((ChargeNow.kind != PENALTY, ChargeNow.due_on))).label("last"),
        )
        .join(Charge, Charge.id == ChargeNow.charge_id)
        .join(instalment, instalment.charge_id == func.coalesce(Charge.on_charge_id, Charge.id))
        .group_by(ChargeNow.bill_id)
        .subquery()
    )
    wanted = (
        select(
            Bill.id,
            Bill.number,
            Bill.lines,
            charged.c.amount.label("charged"),
            charged.c.issued,
            settled.c.amount.label("settled"),
            func.coalesce(due_days.c.oldest_open, due_days.c.last).label("next_due"),
            BillNow.amount,
            BillNow.settled.label("kept_settled"),
            BillNow.due_on,
        )
        .outerjoin(charged, charged.c.bill_id == Bill.id)
        .outerjoin(settled, settled.c.bill_id == Bill.id)
        .outerjoin(due_days, due_days.c.bill_id == Bill.id)
        .outerjoin(BillNow, BillNow.bill_id == Bill.id)
        .order_by(Bill.id)
    )

    def judge(row: Any) -> Iterator[Finding]:
        if sum(int(line["amount"]) for line in row.lines["lines"]) != minor(row.issued):
            yield Finding(
                check="bills",
                table="bill",
                key=str(row.id),
                subject=row.number,
                message=N_("Bill {subject}: its lines do not add up to its instalments."),
            )
        kept = minor(row.amount), minor(row.kept_settled), row.due_on
        if kept != (minor(row.charged), minor(row.settled), row.next_due):
            yield Finding(
                check="bills",
                table="bill",
                key=str(row.id),
                subject=row.number,
                message=N_(
                    "Bill {subject}: what is kept of it is not what its charges and settlements come to."
                ),
            )

    yield from judged(reading, look, wanted, judge, check="bills", table="bill")


def charges(reading: Reading, look: Look) -> Iterator[Finding]:
    """What is kept of each charge is what its row, its settlements and its postponements come to; it is never settled
    beyond its amount, and counts on no later day than it was booked."""
    settled = (
        select(
            Settlement.charge_id,
            func.sum(_amount(Settlement.amount)).label("amount"),
            func.sum(case((Decision.kind == "write_off", _amount(Settlement.amount)), else_=0)).label(
                "written_off"
            ),
            func.max(Settlement.id).label("last_id"),
        )
        .outerjoin(Decision, Decision.id == Settlement.decision_id)
        .group_by(Settlement.charge_id)
        .subquery()
    )
    last = aliased(Settlement)
    latest_term = select(func.max(Term.id)).group_by(Term.charge_id)
    term = select(Term.charge_id, Term.due_on).where(Term.id.in_(latest_term)).subquery()
    wanted = (
        select(
            Charge.id,
            Charge.bill_id,
            Charge.account_id,
            Charge.head_code,
            Charge.kind,
            Charge.amount,
            Charge.booked_on,
            Charge.value_on,
            func.coalesce(term.c.due_on, Charge.due_on).label("due"),
            settled.c.amount.label("settled"),
            settled.c.written_off,
            last.booked_on.label("last_booked"),
            *(column.label(f"kept_{column.key}") for column in ChargeNow.__table__.columns),
        )
        .outerjoin(settled, settled.c.charge_id == Charge.id)
        .outerjoin(last, last.id == settled.c.last_id)
        .outerjoin(term, term.c.charge_id == Charge.id)
        .outerjoin(ChargeNow, ChargeNow.charge_id == Charge.id)
        .order_by(Charge.id)
    )

    def judge(row: Any) -> Iterator[Finding]:
        key, amount, is_settled = str(row.id), row.amount.minor, minor(row.settled)
        if not 0 <= is_settled <= amount:
            yield Finding(
                check="charges",
                table="charge",
                key=key,
                message=N_("{subject}: {settled} is settled of {amount}."),
                facts={"settled": is_settled, "amount": amount},
            )
        if row.value_on > row.booked_on:
            yield counts_too_late("charges", "charge", row)
        kept = (
            row.kept_bill_id, row.kept_account_id, row.kept_head_code, row.kept_kind, row.kept_due_on,
            minor(row.kept_amount), minor(row.kept_settled), minor(row.kept_written_off), row.kept_closed_on,
        )  # fmt: skip
        if kept != (
            row.bill_id, row.account_id, row.head_code, row.kind, row.due, amount, is_settled,
            minor(row.written_off), row.last_booked if is_settled == amount else None,
        ):  # fmt: skip
            yield Finding(
                check="charges",
                table="charge",
                key=key,
                message=N_("{subject}: what is kept of it is not what its settlements come to."),
            )

    yield from judged(reading, look, wanted, judge, check="charges", table="charge")


def settlements(reading: Reading, look: Look) -> Iterator[Finding]:
    """Each settlement counts for the day of its money, or of its charge where that is later, and is booked no earlier;
    one by a tender names its payment; one by a credit is a use of that credit, by the account that owes. A reversal
    is of the same charge, source and day, and all of them take back no more than there was."""
    back = aliased(Settlement)
    taken_back = (
        select(back.reverses_id, func.sum(_amount(back.amount)).label("amount"))
        .where(back.reverses_id.is_not(None))
        .group_by(back.reverses_id)
        .subquery()
    )
    first = aliased(Settlement)
    moved = (
        select(
            CreditMove.settlement_id,
            CreditMove.credit_id,
            func.sum(_amount(CreditMove.amount)).label("amount"),
        )
        .where(CreditMove.settlement_id.is_not(None))
        .group_by(CreditMove.settlement_id, CreditMove.credit_id)
        .subquery()
    )
    wanted = (
        select(
            Settlement.id,
            Settlement.charge_id,
            Settlement.amount,
            Settlement.tender_id,
            Settlement.credit_id,
            Settlement.decision_id,
            Settlement.payment_id,
            Settlement.reverses_id,
            Settlement.booked_on,
            Settlement.value_on,
            Charge.account_id,
            Charge.value_on.label("charged_on"),
            Tender.payment_id.label("paid_by"),
            Tender.value_on.label("tendered_on"),
            Credit.account_id.label("held_for"),
            Credit.value_on.label("held_since"),
            Decision.kind.label("decided"),
            moved.c.credit_id.label("moved_credit"),
            moved.c.amount.label("moved"),
            taken_back.c.amount.label("taken_back"),
            first.charge_id.label("first_charge"),
            first.tender_id.label("first_tender"),
            first.credit_id.label("first_credit"),
            first.decision_id.label("first_decision"),
            first.value_on.label("first_value"),
            first.amount.label("first_amount"),
        )
        .join(Charge, Charge.id == Settlement.charge_id, isouter=True)
        .outerjoin(Tender, Tender.id == Settlement.tender_id)
        .outerjoin(Credit, Credit.id == Settlement.credit_id)
        .outerjoin(Decision, Decision.id == Settlement.decision_id)
        .outerjoin(moved, moved.c.settlement_id == Settlement.id)
        .outerjoin(taken_back, taken_back.c.reverses_id == Settlement.id)
        .outerjoin(first, first.id == Settlement.reverses_id)
        .order_by(Settlement.id)
    )
    days, problems = _days(reading, "settlements")
    yield from problems

    def judge(row: Any) -> Iterator[Finding]:
        if row.value_on > row.booked_on:
            yield counts_too_late("settlements", "settlement", row)
        counts_from = days.truly(row.value_on, "settlement", row.id)
        if row.reverses_id is None:
            problem = _of_its_own(row, counts_from, days)
        else:
            same = (row.charge_id, row.tender_id, row.credit_id, row.decision_id)
            problem = (
                None
                if same == (row.first_charge, row.first_tender, row.first_credit, row.first_decision)
                and row.first_value is not None
                and counts_from == days.truly(row.first_value, "settlement", row.reverses_id)
                and row.amount.minor < 0
                and minor(row.first_amount) > 0
                else N_("{subject}: it takes back something else than it says.")
            )
        noted = row.credit_id is None or (row.moved_credit, minor(row.moved)) == (
            row.credit_id,
            row.amount.minor,
        )
        if problem is None and not noted:
            problem = N_("{subject}: the credit it came from does not know of it.")
        if problem is not None:
            yield Finding(check="settlements", table="settlement", key=str(row.id), message=problem)

    yield from judged(reading, look, wanted, judge, check="settlements", table="settlement")


def _days(reading: Reading, check: str) -> tuple[BusinessDays, list[Finding]]:
    """The business days; where they cannot be read, none was taken back, and that is said."""
    try:
        return business_days(reading), []
    except Exception as error:  # noqa: BLE001 - whatever stands in the table
        wrong = Finding(
            check=check,
            table="business_day",
            message=N_("The table “{subject}” could not be read to its end: {reason}"),
            facts={"reason": reason_of(error)},
        )
        return BusinessDays(None), [wrong]


def _of_its_own(row: Any, counts_from: date, days: BusinessDays) -> str | None:
    """What is wrong with a settlement that reverses none and counts from a day."""
    if row.amount.minor < -minor(row.taken_back):
        return N_("{subject}: more was taken back of it than there was.")
    if row.tender_id is not None:
        if row.payment_id != row.paid_by:
            return N_("{subject}: it names another payment than its money came with.")
        source = row.tendered_on, "tender", row.tender_id
    elif row.credit_id is not None:
        if row.held_for != row.account_id:
            return N_("{subject}: it used money held for somebody else.")
        source = row.held_since, "credit", row.credit_id
    elif row.decided in NEVER_OWED:
        source = row.charged_on, "charge", row.charge_id
    else:
        return None
    # Of a tender, credit or charge that is not there no day is known.
    known = source[0] is not None and row.charged_on is not None
    if not known or counts_from != max(
        days.truly(*source), days.truly(row.charged_on, "charge", row.charge_id)
    ):
        return N_("{subject}: it counts for another day than its money or its debt.")
    return None


def credits(reading: Reading, look: Look) -> Iterator[Finding]:  # noqa: A001 - the field's word
    """Of no credit more was used, moved, returned or lapsed than it held, and each use is a settlement by it."""
    moved = (
        select(CreditMove.credit_id, func.sum(_amount(CreditMove.amount)).label("amount"))
        .group_by(CreditMove.credit_id)
        .subquery()
    )
    wanted = (
        select(Credit.id, Credit.amount, Credit.booked_on, Credit.value_on, moved.c.amount.label("moved"))
        .outerjoin(moved, moved.c.credit_id == Credit.id)
        .order_by(Credit.id)
    )

    def judge(row: Any) -> Iterator[Finding]:
        if not 0 <= row.amount.minor - minor(row.moved) <= row.amount.minor:
            yield Finding(
                check="credits",
                table="credit",
                key=str(row.id),
                message=N_("{subject}: it held {amount}, and {moved} of it is gone."),
                facts={"amount": row.amount.minor, "moved": minor(row.moved)},
            )
        if row.value_on > row.booked_on:
            yield counts_too_late("credits", "credit", row)

    yield from judged(reading, look, wanted, judge, check="credits", table="credit")
    by_settlement = or_(
        CreditMove.kind == "used", and_(CreditMove.kind == "taken_back", CreditMove.decision_id.is_(None))
    )
    astray = (
        select(CreditMove.id)
        .outerjoin(Settlement, Settlement.id == CreditMove.settlement_id)
        .where(
            or_(
                and_(
                    by_settlement,
                    or_(
                        Settlement.id.is_(None),
                        Settlement.credit_id.is_(None),
                        Settlement.credit_id != CreditMove.credit_id,
                        _amount(Settlement.amount) != _amount(CreditMove.amount),
                    ),
                ),
                and_(~by_settlement, CreditMove.settlement_id.is_not(None)),
            )
        )
        .order_by(CreditMove.id)
    )
    for row in streamed(reading, look, astray):
        yield Finding(
            check="credits",
            table="credit_move",
            key=str(row.id),
            message=N_("{subject}: there is no settlement that used the credit so."),
        )


def accounts(reading: Reading, look: Look) -> Iterator[Finding]:
    """What is kept of each account is what its charges and credits come to, and the ledger holds as much for it."""
    charged = _sums(select(Charge.account_id, func.sum(Charge.amount)).group_by(Charge.account_id))
    settled = _sums(
        select(Charge.account_id, func.sum(Settlement.amount))
        .join(Charge, Charge.id == Settlement.charge_id)
        .group_by(Charge.account_id)
    )
    held = _sums(select(Credit.account_id, func.sum(Credit.amount)).group_by(Credit.account_id))
    moved = _sums(
        select(Credit.account_id, func.sum(CreditMove.amount))
        .join(Credit, Credit.id == CreditMove.credit_id)
        .group_by(Credit.account_id)
    )
    booked = _sums(
        select(Posting.account_id, func.sum(Posting.amount))
        .where(Posting.account == CREDIT)
        .group_by(Posting.account_id)
    )
    wanted = (
        select(
            Account.id,
            charged.c.amount.label("charged"),
            settled.c.amount.label("settled"),
            held.c.amount.label("held"),
            moved.c.amount.label("moved"),
            booked.c.amount.label("booked"),
            AccountNow.owed,
            AccountNow.credit,
        )
        .outerjoin(charged, charged.c.id == Account.id)
        .outerjoin(settled, settled.c.id == Account.id)
        .outerjoin(held, held.c.id == Account.id)
        .outerjoin(moved, moved.c.id == Account.id)
        .outerjoin(booked, booked.c.id == Account.id)
        .outerjoin(AccountNow, AccountNow.account_id == Account.id)
        .order_by(Account.id)
    )

    def judge(row: Any) -> Iterator[Finding]:
        owed = minor(row.charged) - minor(row.settled)
        credit = minor(row.held) - minor(row.moved)
        # Without its row an account that owes nothing looks right, and keeps nothing of what is booked next.
        lost = row.owed is None and (row.charged is not None or row.held is not None)
        if lost or (minor(row.owed), minor(row.credit)) != (owed, credit):
            yield Finding(
                check="accounts",
                table="account",
                key=str(row.id),
                message=N_("{subject}: what is kept of it is not what its charges and credits come to."),
            )
        if -minor(row.booked) != credit:
            yield Finding(
                check="accounts",
                table="account",
                key=str(row.id),
                message=N_("{subject}: the ledger holds {booked} for it, its credits come to {credit}."),
                facts={"booked": -minor(row.booked), "credit": credit},
            )

    yield from judged(reading, look, wanted, judge, check="accounts", table="account")


def _sums(wanted: Any) -> Any:
    """A sum by account as a table of ``id`` and ``amount``."""
    table = wanted.subquery()
    by_id, amount = table.c
    return select(by_id.label("id"), amount.label("amount")).subquery()


def receivables(reading: Reading, look: Look) -> Iterator[Finding]:
    """What the ledger says a debtor owes on a bill is what is left of the charges."""
    charged = select(
        Charge.head_code,
        Charge.account_id,
        Charge.bill_id,
        func.sum(_amount(Charge.amount)).label("amount"),
    ).group_by(Charge.head_code, Charge.account_id, Charge.bill_id)
    settled = (
        select(
            Charge.head_code,
            Charge.account_id,
            Charge.bill_id,
            (-func.sum(_amount(Settlement.amount))).label("amount"),
        )
        .join(Charge, Charge.id == Settlement.charge_id)
        .group_by(Charge.head_code, Charge.account_id, Charge.bill_id)
    )
    both = charged.union_all(settled).subquery().c
    left = select(
        (literal(receivable("")) + both.head_code).label("ledger_account"),
        both.account_id,
        both.bill_id,
        func.sum(both.amount).label("left"),
        literal(0).label("booked"),
    ).group_by(both.head_code, both.account_id, both.bill_id)
    booked = (
        select(
            cast(Posting.account, String).label("ledger_account"),
            Posting.account_id,
            Posting.bill_id,
            literal(0).label("left"),
            func.sum(Posting.amount).label("booked"),
        )
        .join(LedgerAccount, LedgerAccount.code == Posting.account)
        .where(LedgerAccount.kind == AccountKind.RECEIVABLE)
        .group_by(Posting.account, Posting.account_id, Posting.bill_id)
    )
    sides = left.union_all(booked).subquery().c
    wanted = (
        select(
            sides.bill_id,
            sides.ledger_account,
            sides.account_id,
            func.sum(sides.left).label("left"),
            func.sum(sides.booked).label("booked"),
            Bill.number,
        )
        .outerjoin(Bill, Bill.id == sides.bill_id)
        .group_by(sides.ledger_account, sides.account_id, sides.bill_id, Bill.number)
        .order_by(sides.bill_id, sides.account_id)
    )

    def judge(row: Any) -> Iterator[Finding]:
        if int(row.left) != int(row.booked):
            yield Finding(
                check="receivables",
                table="bill",
                key=str(row.bill_id),
                subject=row.number or f"bill {row.bill_id}",
                message=N_(
                    "Bill {subject}: the ledger says account {account} owes {booked}, its charges say {left}."
                ),
                facts={"account": row.account_id, "booked": int(row.booked), "left": int(row.left)},
            )

    yield from judged(reading, look, wanted, judge, check="receivables", table="bill")


def claims(reading: Reading, look: Look) -> Iterator[Finding]:
    """What may be asked once is asked by a bill that is there, and every roll's bill that was not annulled says what it
    asks."""
    annulled = exists().where(
        Charge.bill_id == Bill.id,
        Settlement.charge_id == Charge.id,
        Decision.id == Settlement.decision_id,
        Decision.kind == "annulment",
    )
    asked = select(Claim.key, Bill.id).outerjoin(Bill, Bill.id == Claim.bill_id).order_by(Claim.key)
    for row in streamed(reading, look, asked):
        look()
        if row.id is None:
            yield Finding(
                check="claims",
                table="claim",
                key=str(row.key),
                message=N_("{subject}: the bill that asks it is not there."),
            )
    without = (
        select(Bill.id, Bill.number)
        .where(
            Bill.kind == "roll",
            Bill.object_id.is_not(None),
            ~exists().where(Claim.bill_id == Bill.id),
            ~annulled,
        )
        .order_by(Bill.id)
    )
    for row in streamed(reading, look, without):
        yield Finding(
            check="claims",
            table="bill",
            key=str(row.id),
            subject=row.number,
            message=N_("Bill {subject}: nothing keeps what it asks from being asked twice."),
        )


def penalties(reading: Reading, look: Look) -> Iterator[Finding]:
    """Of no principal more penalty is booked than had accrued to the day of the last of it, as is known today."""
    with_penalty = (
        select(Charge.bill_id).where(Charge.on_charge_id.is_not(None)).distinct().order_by(Charge.bill_id)
    )
    bill_ids = [row.bill_id for row in streamed(reading, look, with_penalty)]
    # Booked on a day that was opened by mistake: the next order on their accounts takes them back.
    days, problems = _days(reading, "penalties")
    yield from problems
    first = min([reading.today, *(one.counts_from for one in days.taken_back)])
    later = select(Charge.id, Charge.booked_on).where(
        Charge.on_charge_id.is_not(None), Charge.booked_on > first
    )
    ahead = {
        row.id
        for row in streamed(reading, look, later)
        if row.booked_on > min(days.truly(row.booked_on, "charge", row.id), reading.today)
    }
    for place in range(0, len(bill_ids), _BATCH):
        for bill, found in _judged_bills(reading, bill_ids[place : place + _BATCH], look):
            if isinstance(found, Exception):
                yield unreadable("penalties", "bill", bill, found)
                continue
            for charge_id, number in found:
                if charge_id in ahead:
                    continue
                yield Finding(
                    check="penalties",
                    table="charge",
                    key=str(charge_id),
                    message=N_(
                        "{subject} on bill {bill}: more penalty is booked than had accrued to its day."
                    ),
                    facts={"bill": number},
                )


def _judged_bills(
    reading: Reading, bill_ids: Sequence[int], look: Look
) -> Iterator[tuple[int, Sequence[tuple[int, str]] | Exception]]:
    """By bill, the penalties beyond what had accrued, or why that cannot be said. Bills are read together; of those
    that cannot be, each by itself."""
    try:
        bills_read = read_bills(reading, Bill.id.in_(bill_ids))
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever stands in the rows
        if len(bill_ids) == 1:
            yield bill_ids[0], error
            return
        for bill_id in bill_ids:
            yield from _judged_bills(reading, [bill_id], look)
        return
    for bill_id, bill in bills_read.items():
        try:
            yield bill_id, [(charge_id, bill.number) for charge_id in _booked_beyond(reading, bill, look)]
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            yield bill_id, error


def _booked_beyond(reading: Reading, bill: BillFacts, look: Look) -> Sequence[int]:
    found = []
    for principal in bill.charges:
        booked = 0
        for penalty in reckoned_penalties(bill, principal, reading.today):
            look()
            booked += net_amount(bill, penalty, reading.today)
            assert penalty.accrued_to is not None
            # What is another's debt by now stays there until that is decided.
            here = penalty.amount - sum(
                one.amount
                for one in bill.settlements_of(penalty.id, reading.today)
                if one.decision_kind in LASTING
            )
            if here > 0 and booked > accrued_by(bill, principal, penalty.accrued_to, reading.today):
                found.append(penalty.id)
    return found
