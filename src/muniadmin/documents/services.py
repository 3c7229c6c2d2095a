"""Issues sheets: freezes what a document shows, hashed and chained."""

from sqlalchemy import bindparam, insert

from muniadmin.documents.models import IssuedDocument
from muniadmin.documents.sheets import Issuer, Sheet
from muniadmin.kernel.i18n import pick
from muniadmin.kernel.municipality import Municipality
from muniadmin.storage.prepared import Prepared
from muniadmin.storage.unit_of_work import UnitOfWork

DOCUMENTS_CHAIN = "documents"

_COLUMNS = (
    "chain",
    "chain_seq",
    "canonical",
    "previous_digest",
    "digest",
    "kind",
    "number",
    "language",
    "issued_at",
)
_ADD = Prepared(
    insert(IssuedDocument).values({name: bindparam(name) for name in _COLUMNS}).returning(IssuedDocument.id)
)


def issuer_of(municipality: Municipality, language: str) -> Issuer:
    """The letterhead of the municipality's papers in a language."""
    name = pick(municipality.names, language)
    return Issuer(
        name=name,
        department=pick(municipality.departments, language),
        address=municipality.address,
        logo_text=name.split()[-1][:1].upper(),
        currency=municipality.currency,
        accent=municipality.accent[0],
        zone=municipality.calendar.zone,
    )


def issue(uow: UnitOfWork, sheet: Sheet, *, chain: str = DOCUMENTS_CHAIN) -> int:
    """Freezes ``sheet`` as issued now; the document's id. What a cash desk issues goes into its own chain."""
    canonical = sheet.to_json()
    link = uow.seal(chain, canonical)
    rows = _ADD.run(
        uow.connection,
        chain=link.chain,
        chain_seq=link.chain_seq,
        canonical=canonical,
        previous_digest=link.previous_digest,
        digest=link.digest,
        kind=sheet.KIND,
        number=sheet.number,
        language=sheet.language,
        issued_at=uow.now,
    )
    return int(rows[0][0])
