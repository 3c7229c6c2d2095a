"""The municipality's own data: its identity card, its profile, its keys."""
