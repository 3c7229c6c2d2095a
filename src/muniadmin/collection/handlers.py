"""Orders and questions of the counter, and who carries them out."""

from muniadmin.collection.commands import (
    CancelReceipt,
    CloseCashSession,
    EnterStub,
    OpenCashSession,
    ReturnTender,
    TakePayment,
)
from muniadmin.collection.queries import cash_desks, collectors, my_session, one_session, receipts
from muniadmin.collection.reads import CashDesks, Collectors, MySession, OneSession, Receipts
from muniadmin.collection.services import (
    cancel_receipt,
    close_cash_session,
    enter_stub,
    open_cash_session,
    return_tender,
    take_payment,
)

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
