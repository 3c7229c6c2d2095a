"""Orders and questions about taxpayers, and who answers them."""

from muniadmin.taxpayers.commands import (
    AddTaxableObject,
    ChangeTaxableObject,
    ChangeTaxpayer,
    EndTaxableObject,
    RegisterTaxpayer,
)
from muniadmin.taxpayers.queries import (
    duplicate_candidates,
    search_taxpayers,
    taxpayer_detail,
    taxpayer_history,
)
from muniadmin.taxpayers.reads import DuplicateCandidates, SearchTaxpayers, TaxpayerDetail, TaxpayerHistory
from muniadmin.taxpayers.services import (
    add_taxable_object,
    change_taxable_object,
    change_taxpayer,
    end_taxable_object,
    register_taxpayer,
)

HANDLERS = {
    RegisterTaxpayer: register_taxpayer,
    ChangeTaxpayer: change_taxpayer,
    AddTaxableObject: add_taxable_object,
    ChangeTaxableObject: change_taxable_object,
    EndTaxableObject: end_taxable_object,
}
QUERIES = {
    SearchTaxpayers: search_taxpayers,
    TaxpayerDetail: taxpayer_detail,
    TaxpayerHistory: taxpayer_history,
    DuplicateCandidates: duplicate_candidates,
}
