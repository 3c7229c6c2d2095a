"""The municipality's card: what papers and screens say of it, and its arms."""

from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.arms import Arms
from muniadmin.desktop.shell.navigation import Page
from muniadmin.desktop.widgets.buttons import Button
from muniadmin.desktop.widgets.cards import Card, Section
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.dialogs import ConfirmDialog
from muniadmin.desktop.widgets.files import ask_for_file
from muniadmin.desktop.widgets.labels import Hairline, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.documents.commands import ChangeArms
from muniadmin.kernel.formats import country_name, language_name
from muniadmin.kernel.i18n import _
from muniadmin.settings.names import ADMINISTER_SETTINGS


class MunicipalityView(QWidget):
    """Names, address, money, calendar, languages; as set up from its profile."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        shell = page.shell
        town = shell.municipality
        self.mark = Arms(shell, 48)
        head = row(self.mark, spacing=14, margins=(20, 20, 20, 16))
        head.addLayout(
            column(Text(shell.municipality_name, Role.TITLE), Text(shell.department, Role.MUTED), spacing=0),
            1,
        )
        if page.may(ADMINISTER_SETTINGS):
            self.choose = Button(_("Choose the arms…"), icon="image")
            self.choose.clicked.connect(self._ask_for_arms)
            self.remove = Button(_("Remove the arms"))
            self.remove.hide()
            self.remove.clicked.connect(self._ask_to_remove)
            self.mark.shown.connect(self.remove.setVisible)
            head.addWidget(self.choose)
            head.addWidget(self.remove)
        languages = ", ".join(language_name(code) for code in town.languages)
        year = town.calendar.year(town.calendar.year_of(shell.today()))
        names = [(language_name(code), name) for code, name in town.names.items()]
        card = Card()
        card.body.addLayout(head)
        card.body.addWidget(Hairline())
        card.body.addWidget(
            Section(
                _("Particulars"),
                DefinitionRows(
                    [
                        (_("Address"), town.address),
                        (_("Country"), country_name(town.country)),
                        (_("Currency"), f"{town.currency.code} ({town.currency.symbol})"),
                        (_("Time zone"), town.calendar.zone),
                        (
                            _("Fiscal year"),
                            _("{name}: {start} to {end}").format(
                                name=year.name, start=shell.day(year.start), end=shell.day(year.end)
                            ),
                        ),
                        (_("Languages"), languages),
                        (_("Profile"), town.profile),
                    ],
                    muted="label",
                ),
                padding=20,
            )
        )
        card.body.addWidget(Hairline())
        card.body.addWidget(Section(_("Names"), DefinitionRows(names, muted="label"), padding=20))
        card.body.addStretch(1)
        card.setMaximumWidth(720)
        layout = row()
        layout.addWidget(card, 3)
        layout.addStretch(1)
        self.setLayout(layout)

    def _ask_for_arms(self) -> None:
        kinds = "{} (*.png *.jpg *.jpeg *.gif *.bmp *.tif *.tiff *.webp)".format(_("Pictures"))
        ask_for_file(self, _("Picture of the arms"), kinds, self.change_arms)

    def change_arms(self, path: str) -> None:
        """Papers bear the picture at ``path`` from now on; empty: none."""
        self._page.run(ChangeArms(path=path), then=self._changed)

    def _changed(self, _nothing: None) -> None:
        self._page.shell.say(
            _("This workstation’s papers show it from now on, the others’ from their next start.")
        )

    def _ask_to_remove(self) -> None:
        dialog = ConfirmDialog(
            self,
            _("Remove the arms?"),
            _(
                "Papers issued from now on bear the first letter of the name instead. Earlier ones keep the arms."
            ),
            yes=_("Remove the arms"),
        )
        dialog.accepted.connect(lambda: self.change_arms(""))
        dialog.open()
