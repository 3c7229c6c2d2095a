"""What the slice of the audit log brings."""

from muniadmin.audit.handlers import QUERIES
from muniadmin.audit.names import VIEW_AUDIT
from muniadmin.slices import Slice

SLICE = Slice(
    name="audit",
    queries=QUERIES,
    permissions=(VIEW_AUDIT,),
)
