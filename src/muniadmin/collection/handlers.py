"""Orders and questions of the counter, and who carries them out."""

from muniadmin.collection.cash_sessions import close_cash_session, open_cash_session
from muniadmin.collection.commands import (
    CancelReceipt,
    CloseCashSession,
    EnterStub,
    OpenCashSession,
    ReturnTender,
    TakePayment,
)
from muniadmin.collection.corrections import cancel_receipt, return_tender
from muniadmin.collection.queries import cash_desks, collectors, my_session, one_session, receipts
from muniadmin.collection.reads import CashDesks, Collectors, MySession, OneSession, Receipts
from muniadmin.collection.services import take_payment
from muniadmin.collection.stubs import enter_stub

HANDLERS = {
    OpenCashSession: open_cash_session,
    CloseCashSession: close_cash_session,
    TakePayment: take_payment,
    EnterStub: enter_stub,
    CancelReceipt: cancel_receipt,
    ReturnTender: return_tender,
}
QUERIES = {
    CashDesks: cash_desks,
    Collectors: collectors,
    MySession: my_session,
    OneSession: one_session,
    Receipts: receipts,
}
