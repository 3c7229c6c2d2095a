"""How the tables of papers are proved."""

from muniadmin.documents.models import DocumentPrint, IssuedDocument
from muniadmin.storage.proof import Proof, declare

declare(Proof.APPEND_ONLY, IssuedDocument, by_digest=("canonical",))
declare(Proof.APPEND_ONLY, DocumentPrint)
