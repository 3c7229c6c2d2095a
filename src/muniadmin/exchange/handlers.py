"""Orders and questions about files, and who answers them."""

from muniadmin.exchange.commands import DrawList, ImportTaxpayers, WriteList
from muniadmin.exchange.fine_commands import ImportFines, InspectFineFile
from muniadmin.exchange.fines import import_fines, inspect_fine_file
from muniadmin.exchange.lists import draw_list, write_list
from muniadmin.exchange.reads import InspectTaxpayerFile, Layouts
from muniadmin.exchange.taxpayers import import_taxpayers, inspect_taxpayer_file, layout_rows

JOBS = {
    ImportTaxpayers: import_taxpayers,
    ImportFines: import_fines,
    WriteList: write_list,
    DrawList: draw_list,
}
QUERIES = {
    InspectTaxpayerFile: inspect_taxpayer_file,
    Layouts: layout_rows,
    InspectFineFile: inspect_fine_file,
}
