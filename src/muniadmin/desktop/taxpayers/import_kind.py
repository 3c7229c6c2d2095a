"""What the import of registers and rolls says and asks."""

from collections.abc import Sequence
from typing import Any

from muniadmin.desktop.exchange.import_kind import Figure, ImportKind, ReadAs, Rejected, line_column
from muniadmin.desktop.theme import Tone
from muniadmin.desktop.widgets.row_model import Column
from muniadmin.exchange.commands import ImportReport, ImportTaxpayers, PreviewedLine
from muniadmin.exchange.reads import FileInspection, InspectTaxpayerFile
from muniadmin.kernel.formats import format_number
from muniadmin.kernel.i18n import N_, _, ngettext, pick
from muniadmin.kernel.requests import Command, Query
from muniadmin.settings.profile import Profile

NAMES = ("name", "last_name", "name_arabic")
_BECOMES = {
    "added": (N_("new"), Tone.GOOD),
    "changed": (N_("changed"), Tone.INFO),
    "unchanged": (N_("unchanged"), Tone.NEUTRAL),
}


class TaxpayersImport(ImportKind[ImportReport]):
    """Taxpayers, and what of theirs is taxed if the file says so."""

    def __init__(self, profile: Profile) -> None:
        self.title = _("Import taxpayers")
        self.about_files = _(
            "A register or roll as CSV or XLSX, with the names of its columns in the first line."
        )
        self.endings = "*.csv *.xlsx *.gz *.txt *.tsv"
        self.object_kinds = [(kind.code, pick(kind.names)) for kind in profile.object_kinds]

    def inspect(self, path: str) -> Query[FileInspection]:
        """How a register or roll is written."""
        return InspectTaxpayerFile(path=path)

    def command(self, file: ReadAs, *, dry_run: bool, rejects_path: str | None) -> Command[ImportReport]:
        """The order to import the file."""
        return ImportTaxpayers(
            path=file.path,
            layout=file.layout,
            mapping=file.mapping,
            object_kind=file.object_kind,
            dry_run=dry_run,
            rejects_path=rejects_path,
        )

    def still_needed(self, mapped: Sequence[str]) -> str:
        """Something that says how the taxpayers are called."""
        if any(name in mapped for name in NAMES):
            return ""
        return _("Say which column is the name of the taxpayers.")

    def figures(self, report: ImportReport) -> Sequence[Figure]:
        """Counts of lines."""
        return [
            (_("Added"), format_number(report.added)),
            (_("Changed"), format_number(report.changed)),
            (_("Unchanged"), format_number(report.unchanged)),
            self.rejected(report).figure(),
        ]

    def written(self, report: ImportReport) -> int:
        """New ones and changed ones."""
        return report.added + report.changed

    def rejected(self, report: ImportReport) -> Rejected:
        """What could not be taken."""
        return Rejected(report.rejected, report.first_rejected, report.rejects_path)

    def preview(self, report: ImportReport) -> Sequence[PreviewedLine]:
        """The first lines."""
        return report.preview

    def preview_columns(self) -> Sequence[Column[Any]]:
        """Name, object, address, and what becomes of the line."""
        return [
            line_column(),
            Column("name", _("Name"), lambda r: r.name, width=180, stretch=True, look="strong"),
            Column("object", _("Object"), lambda r: r.object_label, width=170),
            Column("address", _("Address"), lambda r: r.address, width=170, look="muted"),
            Column(
                "becomes", _("Becomes"), lambda r: _(_BECOMES[r.becomes][0]), width=96,
                pill=lambda r: _BECOMES[r.becomes][1],
            ),
        ]  # fmt: skip

    def what_came(self, report: ImportReport) -> str:
        """How many taxpayers are new: lines are counted by the figures."""
        return ngettext(
            "{count} taxpayer came new to the register.",
            "{count} taxpayers came new to the register.",
            report.taxpayers_added,
        ).format(count=format_number(report.taxpayers_added))
