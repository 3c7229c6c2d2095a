"""What the slice of documents brings: the key that signs them. The papers themselves are their slices'."""

from muniadmin.documents.handlers import JOBS, QUERIES
from muniadmin.documents.keys import create_signing_key
from muniadmin.kernel.i18n import N_
from muniadmin.slices import Slice

SLICE = Slice(
    name="documents",
    proof="muniadmin.documents.proof",
    jobs=JOBS,
    queries=QUERIES,
    events={
        "documents:document:printed": N_("Document printed"),
        "documents:arms:changed": N_("Arms changed"),
    },
    install=lambda uow, _profile: create_signing_key(uow),
)
