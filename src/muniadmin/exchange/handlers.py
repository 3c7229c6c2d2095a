"""Orders and questions about files, and who answers them."""

from muniadmin.exchange.commands import ImportTaxpayers
from muniadmin.exchange.reads import InspectTaxpayerFile, Layouts
from muniadmin.exchange.taxpayers import import_taxpayers, inspect_taxpayer_file, layout_rows

JOBS = {ImportTaxpayers: import_taxpayers}
QUERIES = {InspectTaxpayerFile: inspect_taxpayer_file, Layouts: layout_rows}
