"""Orders and questions about lost property, and who carries them out."""

from tests.toy_slice.commands import HandIn
from tests.toy_slice.queries import found_things
from tests.toy_slice.reads import FoundThings
from tests.toy_slice.services import hand_in

HANDLERS = {HandIn: hand_in}
QUERIES = {FoundThings: found_things}
