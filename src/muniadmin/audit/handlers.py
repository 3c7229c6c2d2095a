"""The audit log's questions and who answers them."""

from muniadmin.audit.queries import audit_log
from muniadmin.audit.reads import AuditLog

QUERIES = {AuditLog: audit_log}
