"""Orders and questions of proof, and who carries them out."""

from muniadmin.verification.commands import BeginHeadsAnew, ExportToCheck, Verify
from muniadmin.verification.export import export_to_check
from muniadmin.verification.papers import check_paper
from muniadmin.verification.reads import CheckPaper
from muniadmin.verification.remembered_reads import LostHeads
from muniadmin.verification.services import verify
from muniadmin.verification.shown import where_shown
from muniadmin.verification.shown_reads import WhereShown
from muniadmin.verification.workstation import begin_heads_anew, lost_heads

JOBS = {Verify: verify, ExportToCheck: export_to_check, BeginHeadsAnew: begin_heads_anew}
QUERIES = {CheckPaper: check_paper, LostHeads: lost_heads, WhereShown: where_shown}
