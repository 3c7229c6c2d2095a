"""Revenue heads, accounts, bills with their charges, and everything that settles, moves or suspends a debt.

Facts are dated and added, never changed: every table here but ``claim`` is append-only, and an end, an undoing or a
correction is another row. ``booked_on`` is the day on which the office wrote a row, ``value_on`` (never later) the day
for which it counts. What follows from the facts is kept in tables whose name ends in ``_now``, by triggers.
"""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.billing.names import BILLS_TOPIC, HEADS_TOPIC, PAYMENTS_TOPIC
from muniadmin.kernel.money import Money
from muniadmin.storage.base import Base, Versioned, append_only
from muniadmin.storage.events import Fact


class RevenueHead(Versioned, Base):
    """A kind of revenue (nature de recette): a tax, a kind of fine, a fee. Data, never code."""

    __tablename__ = "revenue_head"
    __topic__ = HEADS_TOPIC

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    names: Mapped[dict[str, Any]]
    #: "tax", "fine" or "fee".
    kind: Mapped[str] = mapped_column(String(10))
    #: "yearly", "quarterly", "monthly" or "once".
    periodicity: Mapped[str] = mapped_column(String(10))
    #: Kind of taxable object the head is assessed on, if any.
    object_kind: Mapped[str | None] = mapped_column(String(30))
    #: When its bills fall due, as the profile spells it.
    due_rule: Mapped[dict[str, Any]]
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class HeadRule(Fact, Base):
    """A version of a rule of a revenue head, in force from a day on; a later one takes its place.

    ``kind`` is "penalty" (``spec``: billing.accrual.PenaltyRule), "rebate" (the rate, month, day and whole of
    billing.facts.RebateVersion), "allocation" ({"order": ...}) or "rounding" ({"coin": minor units}). ``counts`` says
    what its first day means: debts "issued" from it, or what "accrues" from it.
    """

    __tablename__ = "head_rule"
    __topic__ = HEADS_TOPIC
    __table_args__ = (
        CheckConstraint("kind IN ('penalty', 'rebate', 'allocation', 'rounding')", name="kind_known"),
        CheckConstraint("counts IN ('issued', 'accrues')", name="counts_known"),
        Index("ix_head_rule_head", "head_code", "kind", "since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"))
    kind: Mapped[str] = mapped_column(String(10))
    since: Mapped[date]
    counts: Mapped[str] = mapped_column(String(10))
    spec: Mapped[dict[str, Any]]
    #: The law, decree or by-law that says so.
    document: Mapped[str] = mapped_column(String(200), default="")
    booked_on: Mapped[date]


class Account(Fact, Base):
    """A debtor's file: a taxpayer's, a plate's, a passer-by's. (The ledger's accounts are ``ledger_account``.)"""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("kind IN ('taxpayer', 'plate', 'passer_by')", name="kind_known"),
        CheckConstraint("(kind = 'taxpayer') = (taxpayer_id IS NOT NULL)", name="taxpayer_where_known"),
        CheckConstraint("(kind = 'plate') = (key IS NOT NULL)", name="key_of_plates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    taxpayer_id: Mapped[int | None] = mapped_column(ForeignKey("taxpayer.id"), unique=True)
    #: What it is found by where no taxpayer is known: the plate as compared.
    key: Mapped[str | None] = mapped_column(String(40), unique=True)
    #: As shown where no taxpayer is known.
    name: Mapped[str] = mapped_column(String(160), default="")
    opened_on: Mapped[date]


class Bill(Fact, Base):
    """A demand for payment (avis), with one charge for each instalment. It never changes."""

    __tablename__ = "bill"
    __topic__ = BILLS_TOPIC
    __table_args__ = (
        CheckConstraint("kind IN ('roll', 'hand', 'fine', 'fee', 'opening')", name="kind_known"),
        Index("ix_bill_account", "account_id", "id"),
        Index("ix_bill_head_period", "head_code", "period"),
        Index("ix_bill_issued", "issued_on", "head_code"),
        Index("ix_bill_object", "object_id", "head_code", "period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    #: Its number in the books before this program's; searched like its own.
    old_number: Mapped[str] = mapped_column(String(40), default="", index=True)
    kind: Mapped[str] = mapped_column(String(10))
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    #: Whose account it was at issue, as printed.
    account_name: Mapped[str] = mapped_column(String(160), default="")
    object_id: Mapped[int | None] = mapped_column(ForeignKey("taxable_object.id"))
    #: What it is for, e.g. an address, a plate, "Extract of birth act (2)".
    subject: Mapped[str] = mapped_column(String(200), default="")
    #: What it is owed for, e.g. "2026" or "2026-T3".
    period: Mapped[str] = mapped_column(String(12))
    #: In whose accounts it stands: the calendar year in which that fiscal year starts.
    fiscal_year: Mapped[int]
    issued_on: Mapped[date]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"))
    #: billing.accrual.PenaltyRule of this bill alone, fixed when it was issued; null: its head's.
    penalty_rule: Mapped[dict[str, Any] | None]
    #: The computation spelled out: {"lines": [{"what", "amount", ...facts}]}; the amounts sum to the bill's total.
    lines: Mapped[dict[str, Any]]


class Claim(Base):
    """What may be asked once, e.g. "TSC|41|2026|12|0": which bill asks it. An annulled bill asks it no more."""

    __tablename__ = "claim"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)


class Charge(Fact, Base):
    """An amount an account owes from a day on: an instalment's principal, a penalty on one, or a cost."""

    __tablename__ = "charge"
    __topic__ = BILLS_TOPIC
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("value_on <= booked_on", name="value_not_after_booking"),
        CheckConstraint("kind IN ('principal', 'penalty', 'cost')", name="kind_known"),
        CheckConstraint("(kind = 'penalty') = (on_charge_id IS NOT NULL)", name="penalty_names_principal"),
        CheckConstraint("(kind = 'penalty') = (accrued_to IS NOT NULL)", name="penalty_names_day"),
        Index("ix_charge_bill", "bill_id", "id"),
        Index("ix_charge_account", "account_id", "bill_id"),
        Index("ix_charge_booked", "booked_on", "head_code", "due_on", "amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"))
    kind: Mapped[str] = mapped_column(String(10))
    #: Which instalment of the bill: 1, 2, ...
    part: Mapped[int]
    due_on: Mapped[date]
    amount: Mapped[Money]
    booked_on: Mapped[date]
    value_on: Mapped[date]
    #: What it was booked against: "revenue", "penalty", "opening", "transfer" or "returned".
    against: Mapped[str] = mapped_column(String(10))
    #: Of a principal: penalty accrues on the days after this one; null: after its due day.
    accrues_after: Mapped[date | None]
    #: Of a penalty: the principal it is on, the day it accrued to, and how it was reckoned.
    on_charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"))
    accrued_to: Mapped[date | None]
    reckoning: Mapped[str] = mapped_column(String(200), default="")


class Decision(Fact, Base):
    """Why a debt was reduced or moved without money. Standing ones (rebate, rounding, late fact) are one row each."""

    __tablename__ = "decision"
    __topic__ = BILLS_TOPIC
    __table_args__ = (
        CheckConstraint(
            "kind IN ('credit_note', 'annulment', 'late_fact', 'rebate', 'waiver', 'write_off', 'transfer', "
            "'reallocation', 'rounding', 'compensation', 'lapse', 'value_day', 'return', 'suspension', 'postponement', "
            "'offer', 'opening')",
            name="kind_known",
        ),
        Index("uq_decision_standing", "kind", unique=True,
              sqlite_where=text("standing"), postgresql_where=text("standing")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(14))
    standing: Mapped[bool] = mapped_column(default=False)
    #: "D-2026-000012-K"; empty for standing ones.
    number: Mapped[str] = mapped_column(String(24), default="", index=True)
    document: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    booked_on: Mapped[date]


class Settlement(Fact, Base):
    """A part of a charge settled by exactly one tender, credit or decision; a reversal is one of a negative amount."""

    __tablename__ = "settlement"
    __topic__ = BILLS_TOPIC
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("(amount < 0) = (reverses_id IS NOT NULL)", name="negative_only_reverses"),
        CheckConstraint("value_on <= booked_on", name="value_not_after_booking"),
        CheckConstraint(
            "(CASE WHEN tender_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN credit_id IS NULL THEN 0 ELSE 1 END) + "
            "(CASE WHEN decision_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_source",
        ),
        Index("ix_settlement_charge", "charge_id", "id"),
        Index("ix_settlement_booked", "booked_on", "charge_id", "amount"),
        Index("ix_settlement_tender", "tender_id", sqlite_where=text("tender_id IS NOT NULL"),
              postgresql_where=text("tender_id IS NOT NULL")),
        Index("ix_settlement_payment", "payment_id", sqlite_where=text("payment_id IS NOT NULL"),
              postgresql_where=text("payment_id IS NOT NULL")),
        Index("ix_settlement_credit", "credit_id", sqlite_where=text("credit_id IS NOT NULL"),
              postgresql_where=text("credit_id IS NOT NULL")),
        Index("ix_settlement_reverses", "reverses_id", sqlite_where=text("reverses_id IS NOT NULL"),
              postgresql_where=text("reverses_id IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"))
    amount: Mapped[Money]
    tender_id: Mapped[int | None] = mapped_column(ForeignKey("tender.id"))
    credit_id: Mapped[int | None] = mapped_column(ForeignKey("credit.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    #: The payment that occasioned it: its own money's, or that of a rebate, a waiver, a rounding.
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("settlement.id"))
    booked_on: Mapped[date]
    value_on: Mapped[date]


class Credit(Fact, Base):
    """A lot: money held for an account. It pays that account's debts unless it is kept for something."""

    __tablename__ = "credit"
    __topic__ = BILLS_TOPIC
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("value_on <= booked_on", name="value_not_after_booking"),
        CheckConstraint("(tender_id IS NULL) <> (decision_id IS NULL)", name="one_source"),
        Index("ix_credit_account", "account_id", "id"),
        Index("ix_credit_tender", "tender_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    amount: Mapped[Money]
    tender_id: Mapped[int | None] = mapped_column(ForeignKey("tender.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    #: A deposit: what it is kept for; empty: free.
    kept_for: Mapped[str] = mapped_column(String(60), default="")
    booked_on: Mapped[date]
    value_on: Mapped[date]


class CreditMove(Fact, Base):
    """What became of a part of a lot: used, taken back (negative: it is free again), moved, returned or lapsed."""

    __tablename__ = "credit_move"
    __topic__ = BILLS_TOPIC
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("kind IN ('used', 'taken_back', 'moved', 'returned', 'lapsed')", name="kind_known"),
        CheckConstraint("(amount < 0) = (kind = 'taken_back')", name="negative_only_taken_back"),
        Index("ix_credit_move_credit", "credit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    credit_id: Mapped[int] = mapped_column(ForeignKey("credit.id"))
    amount: Mapped[Money]
    kind: Mapped[str] = mapped_column(String(10))
    settlement_id: Mapped[int | None] = mapped_column(ForeignKey("settlement.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    booked_on: Mapped[date]


class Term(Fact, Base):
    """A later due date of a charge, by a decree or an extension."""

    __tablename__ = "term"
    __topic__ = BILLS_TOPIC
    __table_args__ = (Index("ix_term_charge", "charge_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"))
    due_on: Mapped[date]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    booked_on: Mapped[date]


class Offer(Fact, Base):
    """What settles a bill in the days [since, until): a reduced fine, a re-offer."""

    __tablename__ = "offer"
    __topic__ = BILLS_TOPIC
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("since < until", name="ends_after_start"),
        Index("ix_offer_bill", "bill_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"))
    amount: Mapped[Money]
    since: Mapped[date]
    until: Mapped[date]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    booked_on: Mapped[date]


class Suspension(Fact, Base):
    """A debt or a part of it that rests from a day on: it is not demanded, and may not accrue penalty."""

    __tablename__ = "suspension"
    __topic__ = BILLS_TOPIC
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_suspension_bill", "bill_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"))
    #: Null: every principal of the bill.
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"))
    #: Null: all of it.
    amount: Mapped[Money | None]
    since: Mapped[date]
    #: It ends by itself on this day: silence is an answer.
    silence_on: Mapped[date | None]
    stops_accrual: Mapped[bool]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    booked_on: Mapped[date]


class SuspensionEnd(Fact, Base):
    """The end of a suspension; ``as_if_never``: the clocks ran all the time."""

    __tablename__ = "suspension_end"
    __topic__ = BILLS_TOPIC

    suspension_id: Mapped[int] = mapped_column(
        ForeignKey("suspension.id"), primary_key=True, autoincrement=False
    )
    ends_on: Mapped[date]
    as_if_never: Mapped[bool]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    booked_on: Mapped[date]


class Tender(Fact, Base):
    """One means by which a payment was made; its money is what settlements and credits come from."""

    __tablename__ = "tender"
    __topic__ = PAYMENTS_TOPIC
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("channel IN ('cash', 'cheque', 'card', 'transfer', 'mobile')", name="channel_known"),
        Index("ix_tender_payment", "payment_id", "id"),
        Index("ix_tender_reference", "reference"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    channel: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Money]
    point: Mapped[int] = mapped_column(ForeignKey("point.number"))
    #: The day for which its money counts.
    value_on: Mapped[date]
    #: Cash as handed over; the change is the rest.
    tendered: Mapped[Money | None]
    #: The bank's or the operator's number of it.
    reference: Mapped[str] = mapped_column(String(60), default="")
    #: Of a cheque: the bank it is drawn on, and who drew it.
    bank: Mapped[str] = mapped_column(String(60), default="")
    drawer: Mapped[str] = mapped_column(String(160), default="")


# --- What follows from the facts: kept by triggers, recomputed by verify ---------------------------------------------

_OPEN = text("closed_on IS NULL")


class ChargeNow(Base):
    """What is left of each charge, and when it is due as postponed."""

    __tablename__ = "charge_now"
    __table_args__ = (
        CheckConstraint("settled >= 0 AND settled <= amount", name="settled_within_amount"),
        CheckConstraint("written_off >= 0 AND written_off <= settled", name="written_off_within_settled"),
        Index("ix_charge_now_account", "account_id", "due_on", "amount", "settled",
              sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_charge_now_due", "due_on", "head_code", "amount", "settled",
              sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_charge_now_bill", "bill_id"),
    )  # fmt: skip

    charge_id: Mapped[int] = mapped_column(ForeignKey("charge.id"), primary_key=True, autoincrement=False)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"))
    kind: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date]
    amount: Mapped[Money]
    settled: Mapped[Money]
    written_off: Mapped[Money]
    #: The day on which the last of it was settled; null while it is open.
    closed_on: Mapped[date | None]


class BillNow(Base):
    """What each bill's charges come to, what is settled of them, and when the next open instalment is due."""

    __tablename__ = "bill_now"
    __table_args__ = (
        CheckConstraint("settled >= 0 AND settled <= amount", name="settled_within_amount"),
        Index("ix_bill_now_open", "due_on", "bill_id", sqlite_where=text("settled < amount"),
              postgresql_where=text("settled < amount")),
    )  # fmt: skip

    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), primary_key=True, autoincrement=False)
    amount: Mapped[Money]
    settled: Mapped[Money]
    #: Of the oldest instalment of which something is open, its penalty included; of a settled bill of the last one.
    due_on: Mapped[date]


class AccountNow(Base):
    """What each account owes as booked, and the money held for it."""

    __tablename__ = "account_now"
    __table_args__ = (
        CheckConstraint("owed >= 0", name="owed_not_negative"),
        CheckConstraint("credit >= 0", name="credit_not_negative"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    owed: Mapped[Money]
    credit: Mapped[Money]


class DayCollection(Base):
    """What was settled with money on a day on a head at a point through a channel: kept by the order's own
    transaction, so that indicators over millions of payments need not read them all. ``verify`` holds it against the
    settlements. ``by`` is "booked" or "value": which of its two days a settlement is counted on. Money that was held
    as a credit counts when it is used, through the channel "credit" at the point 0."""

    __tablename__ = "day_collection"

    by: Mapped[str] = mapped_column(String(6), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    point: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    head_code: Mapped[str] = mapped_column(ForeignKey("revenue_head.code"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    principal: Mapped[int]
    penalty: Mapped[int]
    #: Bills paid, those taken back deducted.
    count: Mapped[int]


for _table in (
    "head_rule", "account", "bill", "charge", "decision", "settlement", "tender", "credit", "credit_move", "term",
    "offer", "suspension", "suspension_end",
):  # fmt: skip
    append_only(_table)
