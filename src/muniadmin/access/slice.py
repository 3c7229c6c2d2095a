"""What the slice of users brings."""

import muniadmin.access.proof  # noqa: F401 - says how the slice's tables are proved
from muniadmin.access.handlers import HANDLERS, JOBS, QUERIES
from muniadmin.access.names import ADMINISTER_USERS
from muniadmin.slices import Slice

SLICE = Slice(
    name="access",
    handlers=HANDLERS,
    jobs=JOBS,
    queries=QUERIES,
    permissions=(ADMINISTER_USERS,),
)
