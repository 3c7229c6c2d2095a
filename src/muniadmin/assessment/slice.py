"""What the slice of the assessment office brings."""

from muniadmin.assessment.handlers import HANDLERS, JOBS, QUERIES
from muniadmin.assessment.services import install_tariffs
from muniadmin.billing.names import VIEW_BILLS
from muniadmin.documents.papers import Paper
from muniadmin.documents.sheets import BillSheet
from muniadmin.slices import Slice

SLICE = Slice(
    name="assessment",
    proof="muniadmin.assessment.proof",
    handlers=HANDLERS,
    jobs=JOBS,
    queries=QUERIES,
    papers=(
        Paper(sheet=BillSheet, view=VIEW_BILLS, print=VIEW_BILLS, draw="muniadmin.documents.bill:draw_bill"),
    ),
    install=install_tariffs,
    pages="muniadmin.desktop.assessment.pages",
)
