"""What the slice of fines brings."""

from muniadmin.documents.papers import Paper
from muniadmin.fines.handlers import HANDLERS, QUERIES
from muniadmin.fines.names import CAPTURE_FINES, FINE_NUMBER, IMPORT_FINES, VIEW_FINES, VOID_FINES
from muniadmin.fines.services import install_offences
from muniadmin.fines.sheets import FineNoticeSheet
from muniadmin.kernel.i18n import N_
from muniadmin.slices import Slice

SLICE = Slice(
    name="fines",
    proof="muniadmin.fines.proof",
    handlers=HANDLERS,
    queries=QUERIES,
    events={
        "fines:file:imported": N_("Fines taken over"),
        "fines:fine:captured": N_("Fine captured"),
        "fines:fine:voided": N_("Fine voided"),
        "fines:notice:issued": N_("Notice of a fine issued"),
    },
    permissions=(VIEW_FINES, CAPTURE_FINES, IMPORT_FINES, VOID_FINES),
    numbers=(FINE_NUMBER,),
    papers=(
        Paper(
            sheet=FineNoticeSheet,
            view=VIEW_FINES,
            print=VIEW_FINES,
            draw="muniadmin.fines.notice_paper:draw_fine_notice",
            void="muniadmin.fines.queries:is_voided",
        ),
    ),
    install=install_offences,
    pages="muniadmin.desktop.fines.pages",
)
