"""The database kernel: one schema for SQLite and PostgreSQL. Knows no slice."""
