"""What the slice of the assessment office brings."""

from muniadmin.assessment.handlers import HANDLERS, JOBS, QUERIES
from muniadmin.assessment.services import install_tariffs
from muniadmin.assessment.sheets import BillSheet
from muniadmin.billing.names import VIEW_BILLS
from muniadmin.documents.papers import Paper
from muniadmin.kernel.i18n import N_
from muniadmin.slices import Slice

SLICE = Slice(
    name="assessment",
    proof="muniadmin.assessment.proof",
    handlers=HANDLERS,
    jobs=JOBS,
    queries=QUERIES,
    events={
        "assessment:bill:printed": N_("Bill printed"),
        "assessment:roll:begun": N_("Roll begun"),
        "assessment:roll:issued": N_("Roll issued"),
        "assessment:roll:stopped": N_("Roll stopped"),
        "assessment:tariff:saved": N_("Tariff saved"),
    },
    papers=(
        Paper(
            sheet=BillSheet,
            view=VIEW_BILLS,
            print=VIEW_BILLS,
            draw="muniadmin.assessment.bill_paper:draw_bill",
            void="muniadmin.billing.queries:is_annulled",
        ),
    ),
    install=install_tariffs,
    pages="muniadmin.desktop.assessment.pages",
)
