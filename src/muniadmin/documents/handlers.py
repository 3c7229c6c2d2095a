"""Orders and questions about issued documents, and who carries them out."""

from muniadmin.documents.commands import ChangeArms, PrintDocument
from muniadmin.documents.pictures import change_arms, the_arms
from muniadmin.documents.queries import document_prints, view_document
from muniadmin.documents.reads import DocumentPrints, TheArms, ViewDocument
from muniadmin.documents.services import print_document

JOBS = {PrintDocument: print_document, ChangeArms: change_arms}
QUERIES = {ViewDocument: view_document, DocumentPrints: document_prints, TheArms: the_arms}
