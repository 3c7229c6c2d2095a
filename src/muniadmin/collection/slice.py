"""What the slice of the counter brings."""

from muniadmin.collection.handlers import HANDLERS, QUERIES
from muniadmin.collection.names import (
    APPROVE_CANCELLATION,
    OPERATE_CASH_DESK,
    RECEIPT_NUMBER,
    TAKE_PAYMENTS,
    VIEW_COLLECTION,
)
from muniadmin.collection.points import install_points
from muniadmin.collection.sheets import CashSessionSlipSheet, ReceiptCancellationSheet, ReceiptSheet
from muniadmin.documents.papers import Paper
from muniadmin.kernel.i18n import N_
from muniadmin.settings.profile import Profile
from muniadmin.slices import Slice
from muniadmin.storage.unit_of_work import UnitOfWork


def _install(uow: UnitOfWork, profile: Profile) -> None:
    install_points(uow, [(desk.number, dict(desk.names)) for desk in profile.desks])


SLICE = Slice(
    name="collection",
    proof="muniadmin.collection.proof",
    handlers=HANDLERS,
    queries=QUERIES,
    events={
        "collection:payment:taken": N_("Payment taken"),
        "collection:receipt:cancelled": N_("Receipt cancelled"),
        "collection:session:closed": N_("Cash session closed"),
        "collection:session:opened": N_("Cash session opened"),
        "collection:tender:returned": N_("Payment came back"),
        "collection:tender:value-day-corrected": N_("Day corrected for which money counts"),
    },
    permissions=(OPERATE_CASH_DESK, TAKE_PAYMENTS, VIEW_COLLECTION, APPROVE_CANCELLATION),
    numbers=(RECEIPT_NUMBER,),
    papers=(
        Paper(
            sheet=ReceiptSheet,
            view=VIEW_COLLECTION,
            print=TAKE_PAYMENTS,
            draw="muniadmin.collection.receipt_paper:draw_receipt",
            void="muniadmin.collection.queries:is_cancelled",
            on_receipt_paper=True,
        ),
        Paper(
            sheet=ReceiptCancellationSheet,
            view=VIEW_COLLECTION,
            print=TAKE_PAYMENTS,
            draw="muniadmin.collection.receipt_paper:draw_cancellation",
        ),
        Paper(
            sheet=CashSessionSlipSheet,
            view=VIEW_COLLECTION,
            print=OPERATE_CASH_DESK,
            draw="muniadmin.collection.slip_paper:draw_slip",
        ),
    ),
    install=_install,
    pages="muniadmin.desktop.collection.pages",
)
