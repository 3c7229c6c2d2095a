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
from muniadmin.documents.papers import Paper
from muniadmin.documents.sheets import ExtractSheet
from muniadmin.slices import Slice

SLICE = Slice(
    name="civil_status",
    proof="muniadmin.civil_status.proof",
    handlers=HANDLERS,
    queries=QUERIES,
    permissions=(VIEW_CIVIL_STATUS, RECORD_ACTS, SIGN_ACTS, HANDLE_REQUESTS),
    numbers=(REQUEST_NUMBER, EXTRACT_NUMBER),
    papers=(
        Paper(
            sheet=ExtractSheet,
            view=VIEW_CIVIL_STATUS,
            print=HANDLE_REQUESTS,
            draw="muniadmin.documents.extract:draw_extract",
        ),
    ),
    install=install_registers,
    pages="muniadmin.desktop.civil_status.pages",
)
