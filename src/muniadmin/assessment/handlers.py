"""Orders and questions of the assessment office, and who carries them out."""

from muniadmin.assessment.bill_files import print_bills
from muniadmin.assessment.bill_sheet import issue_bill_sheet
from muniadmin.assessment.commands import IssueBillSheet, IssueRoll, PrintBills, SaveTariff
from muniadmin.assessment.queries import (
    bill_computation,
    heads_of_year,
    one_head,
    preview_roll,
    rolls,
)
from muniadmin.assessment.reads import BillComputation, HeadsOfYear, OneHead, PreviewRoll, Rolls
from muniadmin.assessment.services import issue_roll, save_tariff

HANDLERS = {SaveTariff: save_tariff, IssueBillSheet: issue_bill_sheet}
JOBS = {IssueRoll: issue_roll, PrintBills: print_bills}
QUERIES = {
    HeadsOfYear: heads_of_year,
    OneHead: one_head,
    Rolls: rolls,
    PreviewRoll: preview_roll,
    BillComputation: bill_computation,
}
