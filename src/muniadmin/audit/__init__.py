"""The audit log: who did what, when, from where; one line per command, chained."""
