"""What the slice of lost property brings."""

from muniadmin.documents.papers import Paper
from muniadmin.slices import Slice
from tests.toy_slice.commands import HandIn
from tests.toy_slice.names import HAND_IN_THINGS, THING_NUMBER, VIEW_THINGS
from tests.toy_slice.papers import FinderSheet
from tests.toy_slice.queries import found_things
from tests.toy_slice.reads import FoundThings
from tests.toy_slice.services import hand_in

SLICE = Slice(
    name="toy_slice",
    handlers={HandIn: hand_in},
    queries={FoundThings: found_things},
    permissions=(HAND_IN_THINGS, VIEW_THINGS),
    numbers=(THING_NUMBER,),
    papers=(
        Paper(
            sheet=FinderSheet,
            view=VIEW_THINGS,
            print=HAND_IN_THINGS,
            draw="tests.toy_slice.papers:draw_finder_slip",
        ),
    ),
    pages="tests.toy_slice.pages",
)
