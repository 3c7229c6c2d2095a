"""How the tables of papers are proved."""

from muniadmin.documents.models import DocumentPrint, IssuedDocument, Picture, PrintedFile
from muniadmin.storage.proof import Proof, declare

declare(Proof.APPEND_ONLY, IssuedDocument, by_digest=("canonical",))
declare(Proof.APPEND_ONLY, DocumentPrint)
declare(Proof.APPEND_ONLY, Picture, by_digest=("png",))
# The path may bear the name of an account.
declare(Proof.APPEND_ONLY, PrintedFile, by_digest=("folder",))
