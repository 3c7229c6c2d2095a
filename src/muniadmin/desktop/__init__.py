"""The program's windows. All of Qt is here; pages send commands, read rows, and know nothing of the database."""
