"""What the slice of users brings."""

from muniadmin.access.handlers import HANDLERS, JOBS, QUERIES
from muniadmin.access.names import ADMINISTER_USERS
from muniadmin.slices import Slice

SLICE = Slice(
    name="access",
    proof="muniadmin.access.proof",
    handlers=HANDLERS,
    jobs=JOBS,
    queries=QUERIES,
    permissions=(ADMINISTER_USERS,),
)
