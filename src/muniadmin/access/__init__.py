"""Users, roles and permissions: who may do what, and who is doing it now."""
