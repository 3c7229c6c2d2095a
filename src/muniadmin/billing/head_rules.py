"""Changes the penalty rule of a revenue head: from a day to come, or from a day gone by."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from sqlalchemy import select, union_all

from muniadmin.audit.services import record
from muniadmin.billing.commands import ChangePenaltyRule
from muniadmin.billing.decisions import ensure_within_reach, write_decided
from muniadmin.billing.errors import HeadUnknown, PenaltyRuleNotUnderstood
from muniadmin.billing.facts import PENALTY, PRINCIPAL
from muniadmin.billing.loading import load_books
from muniadmin.billing.models import Account, Charge, ChargeNow, RevenueHead
from muniadmin.billing.services import set_rule
from muniadmin.kernel.errors import FieldMissing, InvalidInput
from muniadmin.kernel.money import LARGEST
from muniadmin.kernel.texts import ensure_fits
from muniadmin.storage.unit_of_work import UnitOfWork


def change_penalty_rule(uow: UnitOfWork, command: ChangePenaltyRule) -> None:
    """Has another penalty rule hold for a head. Where its day has gone by, what was paid or booked on the days after it
    is reckoned anew: what is missing is charged, and what was paid too much is set free."""
    head_code, since = command.head_code, command.since
    if uow.session.get(RevenueHead, head_code) is None:
        known = uow.session.scalars(select(RevenueHead.code).order_by(RevenueHead.position))
        raise HeadUnknown(head=head_code, known=", ".join(known))
    if not _is_rule(command.spec):
        raise InvalidInput({"spec": PenaltyRuleNotUnderstood()})
    document = command.document.strip()
    if not document:
        raise InvalidInput({"document": FieldMissing()})
    ensure_fits(document, 200)
    ensure_within_reach(since)
    set_rule(uow, head_code, "penalty", command.spec, since=since, counts=command.counts, document=document)
    for account_id in _hold_reckoned_since(uow, head_code, since):
        books = load_books(uow, account_ids=[account_id], whole=True)
        write_decided(uow, books, "rule", head_code)
    record(
        uow,
        "billing:rule:changed",
        head_code,
        {
            "since": since.isoformat(),
            "counts": command.counts,
            "document": document,
            "spec": dict(command.spec),
        },
    )


def _hold_reckoned_since(uow: UnitOfWork, head_code: str, since: date) -> list[int]:
    """Holds everybody who owes on a head, or paid since a day; those for whom its penalty was reckoned since."""
    booked = select(Charge.account_id).where(
        Charge.head_code == head_code, Charge.kind == PENALTY, Charge.accrued_to >= since
    )
    # Of what is paid by now nobody would look for penalty any more.
    paid = select(ChargeNow.account_id).where(
        ChargeNow.head_code == head_code, ChargeNow.kind == PRINCIPAL, ChargeNow.closed_on >= since
    )
    owing = select(ChargeNow.account_id).where(
        ChargeNow.head_code == head_code, ChargeNow.kind == PRINCIPAL, ChargeNow.closed_on.is_(None)
    )
    # Who pays at this moment has read the rules as they were: waited for here, found afterwards.
    uow.connection.execute(
        select(Account.id)
        .where(Account.id.in_(union_all(booked, paid, owing)))
        .order_by(Account.id)
        .with_for_update()
    )
    return sorted(set(uow.connection.scalars(booked.union(paid))))


# --- how a rule is spelled --------------------------------------------------------------------------------------------


_RATE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,12})?")
_CENTURY = 36_525


def _is_rate(value: object) -> bool:
    return isinstance(value, str) and _RATE.fullmatch(value) is not None


def _is_count(most: int, value: object) -> bool:
    return type(value) is int and 0 <= value <= most


_STEP: Mapping[str, Callable[[object], bool]] = {
    "rate": _is_rate,
    "after_days": partial(_is_count, _CENTURY),
    "after_months": partial(_is_count, _CENTURY // 30),
    "minimum": partial(_is_count, LARGEST.minor),
    "amount": partial(_is_count, LARGEST.minor),
}
_RULE: Mapping[str, Callable[[object], bool]] = {
    "grace_days": partial(_is_count, _CENTURY),
    **dict.fromkeys(("once", "first_month", "month", "yearly", "cap"), _is_rate),
    "steps": lambda steps: isinstance(steps, list | tuple) and all(_is_made_of(_STEP, one) for one in steps),
}


def _is_rule(spec: object) -> bool:
    """Whether a penalty rule is spelled as a profile spells it: nothing else in it, nothing below zero. A cap or months
    that there are none of may be null."""
    return _is_made_of(_RULE, spec)


def _is_made_of(parts: Mapping[str, Callable[[object], bool]], spec: object) -> bool:
    return isinstance(spec, dict) and all(
        name in parts and (parts[name](value) or (value is None and name in ("cap", "after_months")))
        for name, value in spec.items()
    )
