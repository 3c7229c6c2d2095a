"""What the import of fines says and asks."""

from collections.abc import Sequence
from typing import Any

from muniadmin.desktop.exchange.import_kind import Figure, ImportKind, ReadAs, Rejected, line_column
from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.exchange.fine_commands import FinesImported, ImportFines, InspectFineFile, PreviewedFine
from muniadmin.exchange.reads import FileInspection
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.requests import Command, Query

NEEDED = ("key", "committed")
SHOWN_GAPS = 3


class FinesImport(ImportKind[FinesImported]):
    """Tickets of the officers' devices, or of another system."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.title = _("Import fines")
        self.about_files = _(
            "Fines as CSV, XLSX or JSON: from the officers’ devices, or from another system."
        )
        self.endings = "*.csv *.xlsx *.json *.gz *.txt *.tsv"

    def inspect(self, path: str) -> Query[FileInspection]:
        """How a file of fines is written."""
        return InspectFineFile(path=path)

    def command(self, file: ReadAs, *, dry_run: bool, rejects_path: str | None) -> Command[FinesImported]:
        """The order to import the file."""
        return ImportFines(
            path=file.path,
            layout=file.layout,
            mapping=file.mapping,
            dry_run=dry_run,
            rejects_path=rejects_path,
        )

    def still_needed(self, mapped: Sequence[str]) -> str:
        """A number and a day at least."""
        if set(NEEDED) <= set(mapped):
            return ""
        return _("Say which column is the number of the fine, and which the moment it was committed.")

    def figures(self, report: FinesImported) -> Sequence[Figure]:
        """Counts, and what is owed of the new fines."""
        return [
            (_("Added"), format_number(report.added)),
            (_("Here already"), format_number(report.unchanged)),
            self.rejected(report).figure(),
            (_("Left to pay"), self._shell.amount(report.owed, code=True)),
        ]

    def written(self, report: FinesImported) -> int:
        """The fines that are recorded."""
        return report.added

    def rejected(self, report: FinesImported) -> Rejected:
        """What could not be taken."""
        return Rejected(report.rejected, report.first_rejected, report.rejects_path)

    def preview(self, report: FinesImported) -> Sequence[PreviewedFine]:
        """The first fines."""
        return report.preview

    def preview_columns(self) -> Sequence[Column[Any]]:
        """Number, plate, offence, moment, amounts."""
        shell = self._shell
        return [
            line_column(),
            Column("plate", _("Plate"), lambda r: r.plate or "—", width=100, look="strong"),
            Column("offence", _("Offence"), lambda r: r.offence, width=170, stretch=True),
            Column("committed", _("Committed"), lambda r: shell.instant(r.committed_at), width=130, look="muted"),
            Column(
                "amount", shell.with_currency(_("Full")),
                lambda r: shell.amount(r.amount), width=96, number=True,
            ),
            Column(
                "owed", _("Left to pay"), lambda r: shell.amount(r.owed), width=96,
                number=True,
            ),
        ]  # fmt: skip

    def what_came(self, report: FinesImported) -> str:
        """What one would want to know besides the counts."""
        sentences = []
        if report.settled_before:
            sentences.append(
                ngettext(
                    "{count} was settled before and is recorded without a bill.",
                    "{count} were settled before and are recorded without a bill.",
                    report.settled_before,
                ).format(count=format_number(report.settled_before))
            )
        if report.superseded:
            sentences.append(
                ngettext(
                    "{count} line was older than another of the same fine.",
                    "{count} lines were older than another of the same fine.",
                    report.superseded,
                ).format(count=format_number(report.superseded))
            )
        if report.offences_added:
            sentences.append(
                ngettext(
                    "{count} offence came new to the catalogue.",
                    "{count} offences came new to the catalogue.",
                    report.offences_added,
                ).format(count=format_number(report.offences_added))
            )
        sentences += [
            _("Officer {officer}: the numbers {first} to {last} are missing.").format(
                officer=gap.officer, first=gap.first, last=gap.last
            )
            for gap in report.gaps[:SHOWN_GAPS]
        ]
        more = len(report.gaps) - SHOWN_GAPS
        if more > 0:
            sentences.append(
                ngettext(
                    "There is {count} further gap in the officers’ numbers.",
                    "There are {count} further gaps in the officers’ numbers.",
                    more,
                ).format(count=format_number(more))
            )
        return " ".join(sentences)
