"""What the slice of civil status brings."""

from muniadmin.civil_status.handlers import HANDLERS, QUERIES
from muniadmin.civil_status.names import (
    EXTRACT_NUMBER,
    HANDLE_REQUESTS,
    RECORD_ACTS,
    REQUEST_NUMBER,
    SIGN_ACTS,
    VIEW_CIVIL_STATUS,
)
from muniadmin.civil_status.services import install_registers
from muniadmin.civil_status.sheets import ExtractSheet
from muniadmin.documents.papers import Paper
from muniadmin.kernel.i18n import N_
from muniadmin.slices import Slice

SLICE = Slice(
    name="civil_status",
    proof="muniadmin.civil_status.proof",
    handlers=HANDLERS,
    queries=QUERIES,
    events={
        "civil_status:act:changed": N_("Draft of an act changed"),
        "civil_status:act:discarded": N_("Draft of an act discarded"),
        "civil_status:act:drafted": N_("Act drafted"),
        "civil_status:act:signed": N_("Act signed"),
        "civil_status:register:closed": N_("Act register closed"),
        "civil_status:register:opened": N_("Act register opened"),
        "civil_status:request:delivered": N_("Extract delivered"),
        "civil_status:request:prepared": N_("Extract prepared"),
        "civil_status:request:refused": N_("Extract request refused"),
        "civil_status:request:reworked": N_("Extract sent back for rework"),
        "civil_status:request:started": N_("Extract request started"),
        "civil_status:request:taken": N_("Extract request taken"),
    },
    permissions=(VIEW_CIVIL_STATUS, RECORD_ACTS, SIGN_ACTS, HANDLE_REQUESTS),
    numbers=(REQUEST_NUMBER, EXTRACT_NUMBER),
    papers=(
        Paper(
            sheet=ExtractSheet,
            view=VIEW_CIVIL_STATUS,
            print=HANDLE_REQUESTS,
            draw="muniadmin.civil_status.extract_paper:draw_extract",
            void="muniadmin.civil_status.queries:is_withdrawn",
        ),
    ),
    install=install_registers,
    pages="muniadmin.desktop.civil_status.pages",
)
