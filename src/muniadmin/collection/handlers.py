"""Orders and questions of the counter, and who carries them out."""

from muniadmin.collection.commands import CancelReceipt, CloseCashSession, OpenCashSession, TakePayment
from muniadmin.collection.queries import cash_desks, my_session, one_session, receipts
from muniadmin.collection.reads import CashDesks, MySession, OneSession, Receipts
from muniadmin.collection.services import cancel_receipt, close_cash_session, open_cash_session, take_payment

HANDLERS = {
    OpenCashSession: open_cash_session,
    CloseCashSession: close_cash_session,
    TakePayment: take_payment,
    CancelReceipt: cancel_receipt,
}
QUERIES = {CashDesks: cash_desks, MySession: my_session, OneSession: one_session, Receipts: receipts}
