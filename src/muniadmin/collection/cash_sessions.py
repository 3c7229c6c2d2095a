"""Cash sessions: a desk is opened with a counted float, and closed with a count that is handed over."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from muniadmin.access.models import User
from muniadmin.anchors.commands import AnchorMade
from muniadmin.anchors.rules import SHORT
from muniadmin.anchors.services import add_anchor
from muniadmin.audit.services import record
from muniadmin.collection.commands import (
    CashSessionClosed,
    CashSessionOpened,
    CloseCashSession,
    OpenCashSession,
)
from muniadmin.collection.errors import (
    CashierHasSession,
    CashSessionIsClosed,
    CountImpossible,
    DeskIsOpen,
    DeskUnknown,
    DifferenceNotExplained,
    NotYourSession,
)
from muniadmin.collection.models import CashSession, Point
from muniadmin.collection.names import CASH_SESSIONS_TOPIC
from muniadmin.collection.points import desk_chain
from muniadmin.collection.queries import receipt_numbers_of, session_state
from muniadmin.collection.reads import SessionState
from muniadmin.collection.rules import CHANNEL_NAMES, counted
from muniadmin.collection.sheets import CashSessionSlipSheet, ChannelTotal, CountedDenomination
from muniadmin.documents.models import IssuedDocument
from muniadmin.documents.services import issue, issuer_of
from muniadmin.kernel.errors import InvalidInput, NotFound, NumberTooLarge, NumberTooSmall
from muniadmin.kernel.formats import format_money
from muniadmin.kernel.i18n import _, use_language
from muniadmin.kernel.money import LARGEST, ZERO, Money
from muniadmin.ledger.rules import OVER_SHORT, Line, cash
from muniadmin.ledger.services import ensure_day_open, post
from muniadmin.storage.unit_of_work import UnitOfWork


def open_cash_session(uow: UnitOfWork, command: OpenCashSession) -> CashSessionOpened:
    """Opens the desk in the actor's name."""
    # Before anything bears its time: a clock that is a year ahead would close the desk for a year.
    ensure_day_open(uow)
    # Held, so that somebody who opens two desks at once is told of the first.
    uow.connection.execute(
        select(User.id).where(User.id == uow.actor.user_id).with_for_update(key_share=True)
    )
    desk = uow.session.get(Point, command.desk, with_for_update=True)
    if desk is None or not desk.active or desk.kind != "desk":
        raise DeskUnknown(desk=command.desk)
    if command.opening_float < ZERO:
        raise InvalidInput({"opening_float": NumberTooSmall(least=0)})
    if command.opening_float > LARGEST:
        raise InvalidInput({"opening_float": NumberTooLarge()})
    taken = uow.session.scalar(
        select(CashSession).where(CashSession.desk == desk.number, CashSession.closed_at.is_(None))
    )
    if taken is not None:
        raise DeskIsOpen(desk=desk.number, cashier=taken.cashier_name)
    mine = uow.session.scalar(
        select(CashSession).where(
            CashSession.cashier_id == uow.actor.user_id, CashSession.closed_at.is_(None)
        )
    )
    if mine is not None:
        raise CashierHasSession(desk=mine.desk)
    opened = CashSession(
        desk=desk.number,
        cashier_id=uow.actor.user_id,
        cashier_name=uow.actor.name,
        opened_at=uow.now,
        opening_float=command.opening_float,
    )
    uow.session.add(opened)
    uow.session.flush()
    if command.opening_float:
        amount = command.opening_float.minor
        post(uow, [Line(cash(desk.number), amount), Line("treasury", -amount)])
    record(
        uow,
        "collection:session:opened",
        f"session {opened.id}",
        {"desk": desk.number, "float": command.opening_float.minor},
        chain=desk_chain(desk.number),
    )
    return CashSessionOpened(opened.id, desk.number)


def close_cash_session(uow: UnitOfWork, command: CloseCashSession) -> CashSessionClosed:
    """Closes the session with its count; a difference must be explained and is booked to over and short.

    The counted cash is handed over to the treasury, so that the desk's account starts the next session at zero.
    """
    session = uow.session.get(CashSession, command.cash_session_id, with_for_update=True)
    if session is None:
        raise NotFound(what=command.cash_session_id)
    if session.closed_at is not None:
        return _closed_before(uow, session, command)
    if session.cashier_id != uow.actor.user_id:
        raise NotYourSession(cashier=session.cashier_name)
    state = session_state(uow, session)
    if any(value <= 0 or pieces < 0 for value, pieces in command.denominations.items()):
        raise InvalidInput({"denominations": CountImpossible()})
    money = counted(command.denominations)
    if money > LARGEST:
        raise InvalidInput({"denominations": NumberTooLarge()})
    difference = money - state.cash_expected
    currency = uow.municipality.currency
    if difference and not command.explanation.strip():
        raise InvalidInput(
            {
                "explanation": DifferenceNotExplained(
                    difference=format_money(difference, currency, with_code=True)
                )
            }
        )
    session.closed_at, session.expected, session.counted = uow.now, state.cash_expected, money
    session.count = _count_of(command)
    session.explanation = command.explanation.strip()
    uow.session.flush()
    lines = [
        Line(cash(session.desk), -state.cash_expected.minor),
        Line(OVER_SHORT, -difference.minor),
        Line("treasury", money.minor),
    ]
    lines = [line for line in lines if line.amount]
    chain, subject = desk_chain(session.desk), f"session {session.id}"
    if lines:
        post(uow, lines)
    anchor = add_anchor(uow, "session")
    document_id = issue(uow, _slip(uow, session, state, command.denominations, money, anchor))
    record(
        uow,
        "collection:session:closed",
        subject,
        {
            "expected": state.cash_expected.minor,
            "counted": money.minor,
            "explanation": session.explanation,
            "anchor": f"{anchor.number} {anchor.digest}",
        },
        chain=chain,
    )
    return CashSessionClosed(session.id, state.cash_expected, money, difference, document_id)


def _count_of(command: CloseCashSession) -> dict[str, Any]:
    return {"denominations": {str(value): pieces for value, pieces in command.denominations.items()}}


def _closed_before(uow: UnitOfWork, session: CashSession, command: CloseCashSession) -> CashSessionClosed:
    """What was answered when its cashier closed the session with this very count: they may have heard nothing of it,
    and the slip is still to come. Raises CashSessionIsClosed for whoever asks for anything else."""
    same = (session.cashier_id, session.count, session.explanation) == (
        uow.actor.user_id, _count_of(command), command.explanation.strip(),
    )  # fmt: skip
    if not same or session.expected is None or session.counted is None:
        raise CashSessionIsClosed
    uow.touch(CASH_SESSIONS_TOPIC)
    document_id = uow.session.scalars(
        select(IssuedDocument.id).where(
            IssuedDocument.kind == CashSessionSlipSheet.KIND, IssuedDocument.number == _slip_number(session)
        )
    ).one()
    return CashSessionClosed(
        session.id, session.expected, session.counted, session.counted - session.expected, document_id
    )


def _slip_number(session: CashSession) -> str:
    return f"{session.desk}-{session.id}"


def _slip(
    uow: UnitOfWork,
    session: CashSession,
    state: SessionState,
    denominations: Mapping[int, int],
    money: Money,
    anchor: AnchorMade,
) -> CashSessionSlipSheet:
    """What the paper of a closed session shows."""
    language = uow.municipality.language
    numbers = receipt_numbers_of(uow, session.id)
    with use_language(language):
        return CashSessionSlipSheet(
            issuer=issuer_of(uow.municipality, language),
            number=_slip_number(session),
            language=language,
            desk=str(session.desk),
            cashier=session.cashier_name,
            opened_at=session.opened_at,
            closed_at=uow.now,
            opening_float=session.opening_float,
            totals=tuple(
                ChannelTotal(channel=_(CHANNEL_NAMES[one.channel]), count=one.count, amount=one.amount)
                for one in state.channels
            ),
            cash_in=state.cash_expected - session.opening_float,
            counted=money,
            denominations=tuple(
                CountedDenomination(value=Money(value), count=pieces)
                for value, pieces in sorted(denominations.items(), reverse=True)
                if pieces
            ),
            explanation=session.explanation,
            receipts=state.receipts,
            first_receipt=numbers[0],
            last_receipt=numbers[1],
            cancelled=state.cancelled,
            anchor=f"{anchor.number} · {anchor.digest[:SHORT]}",
            chain=desk_chain(session.desk),
        )
