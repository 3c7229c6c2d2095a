"""What the slice of documents brings: the key that signs them. The papers themselves are their slices'."""

import muniadmin.documents.proof  # noqa: F401 - says how the slice's tables are proved
from muniadmin.documents.handlers import HANDLERS, QUERIES
from muniadmin.documents.keys import create_signing_key
from muniadmin.slices import Slice

SLICE = Slice(
    name="documents",
    handlers=HANDLERS,
    queries=QUERIES,
    install=lambda uow, _profile: create_signing_key(uow),
)
