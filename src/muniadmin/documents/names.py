"""What others name of the documents: the events of their audit log."""

ARMS_CHANGED = "documents:arms:changed"
