"""Users, the audit log, the municipality's card."""
