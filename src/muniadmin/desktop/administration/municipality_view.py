"""The municipality's card: what papers and screens say of it."""

from PySide6.QtWidgets import QWidget

from muniadmin.desktop.shell.shell import Shell
from muniadmin.desktop.widgets.cards import Card, Section
from muniadmin.desktop.widgets.detail import DefinitionRows
from muniadmin.desktop.widgets.labels import Hairline, Initials, Role, Text
from muniadmin.desktop.widgets.layouts import column, row
from muniadmin.kernel.formats import country_name, language_name
from muniadmin.kernel.i18n import _


class MunicipalityView(QWidget):
    """Names, address, money, calendar, languages; as set up from its profile."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        town = shell.municipality
        mark = Initials(shell.municipality_name, 48, square=True, loud=True)
        mark.set_letters(shell.municipality_name.split()[-1][:1].upper())
        head = row(mark, spacing=14, margins=(20, 20, 20, 16))
        head.addLayout(
            column(Text(shell.municipality_name, Role.TITLE), Text(shell.department, Role.MUTED), spacing=0),
            1,
        )
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
