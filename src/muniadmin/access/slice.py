"""What the slice of users brings."""

from muniadmin.access.handlers import HANDLERS, JOBS, QUERIES
from muniadmin.access.names import ADMINISTER_USERS
from muniadmin.kernel.i18n import N_
from muniadmin.slices import Slice

SLICE = Slice(
    name="access",
    proof="muniadmin.access.proof",
    handlers=HANDLERS,
    jobs=JOBS,
    queries=QUERIES,
    events={
        "access:password:changed": N_("Own password changed"),
        "access:password:set": N_("Password set for a user"),
        "access:user:changed": N_("User changed"),
        "access:user:created": N_("User created"),
        "access:user:refused": N_("Sign-in refused"),
        "access:user:signed-in": N_("Signed in"),
    },
    permissions=(ADMINISTER_USERS,),
)
