"""What the slice of lost property brings."""

from muniadmin.documents.papers import Paper
from muniadmin.kernel.i18n import N_
from muniadmin.slices import Slice
from tests.toy_slice.handlers import HANDLERS, QUERIES
from tests.toy_slice.names import HAND_IN_THINGS, THING_NUMBER, VIEW_THINGS
from tests.toy_slice.sheets import FinderSheet

SLICE = Slice(
    name="toy_slice",
    proof="tests.toy_slice.proof",
    handlers=HANDLERS,
    queries=QUERIES,
    events={"toy_slice:thing:handed-in": N_("Lost property handed in")},
    permissions=(HAND_IN_THINGS, VIEW_THINGS),
    numbers=(THING_NUMBER,),
    papers=(
        Paper(
            sheet=FinderSheet,
            view=VIEW_THINGS,
            print=HAND_IN_THINGS,
            draw="tests.toy_slice.finder_slip_paper:draw_finder_slip",
        ),
    ),
    pages="tests.toy_slice.pages",
)
