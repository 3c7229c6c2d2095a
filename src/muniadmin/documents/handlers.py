"""Orders and questions about issued documents, and who carries them out."""

from muniadmin.documents.commands import PrintDocument
from muniadmin.documents.queries import document_prints, view_document
from muniadmin.documents.reads import DocumentPrints, ViewDocument
from muniadmin.documents.services import print_document

JOBS = {PrintDocument: print_document}
QUERIES = {ViewDocument: view_document, DocumentPrints: document_prints}
