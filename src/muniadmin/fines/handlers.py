"""Orders and questions about fines, and who carries them out."""

from muniadmin.fines.commands import CaptureFine, IssueFineNotice, VoidFine
from muniadmin.fines.queries import (
    fine_detail,
    fines,
    fines_of_plate,
    offences,
    officers,
    unregistered_plates,
)
from muniadmin.fines.reads import FineDetail, Fines, FinesOfPlate, Offences, Officers, UnregisteredPlates
from muniadmin.fines.services import capture_fine, issue_fine_notice, void_fine

HANDLERS = {CaptureFine: capture_fine, VoidFine: void_fine, IssueFineNotice: issue_fine_notice}
QUERIES = {
    Fines: fines,
    FineDetail: fine_detail,
    FinesOfPlate: fines_of_plate,
    Offences: offences,
    Officers: officers,
    UnregisteredPlates: unregistered_plates,
}
