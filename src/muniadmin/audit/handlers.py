"""The audit log's questions and who answers them."""

from muniadmin.audit.queries import audit_count, audit_log
from muniadmin.audit.reads import AuditCount, AuditLog

QUERIES = {AuditLog: audit_log, AuditCount: audit_count}
