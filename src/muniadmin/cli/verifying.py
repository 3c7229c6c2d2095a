"""Commands that prove that nothing was lost, changed or forged."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from muniadmin.cli.errors import FileUnreadable, NotAKey
from muniadmin.cli.opening import opened, operator
from muniadmin.cli.terminal import Terminal, table
from muniadmin.kernel.formats import format_date, format_money, format_number
from muniadmin.kernel.i18n import _, ngettext
from muniadmin.kernel.money import Currency

if TYPE_CHECKING:
    from muniadmin.documents.signing import PublicKey


def everything(arguments: Namespace, terminal: Terminal) -> int:
    """Runs every check on the whole database; the culprits are named, and the exit code is not 0 when there are any."""
    from muniadmin.verification.commands import Verify

    with opened(arguments) as app:
        report = app.execute(Verify(), operator(), progress=terminal.progress(_("Checking"))).outcome
    rows = [
        (
            _(one.name),
            format_number(one.rows),
            format_number(len(one.findings)) if one.findings else _("sound"),
        )
        for one in report.checked
    ]
    findings = report.findings
    verdict = _("Nothing was lost or changed.")
    if findings:
        verdict = ngettext("{count} thing is wrong:", "{count} things are wrong:", len(findings)).format(
            count=format_number(len(findings))
        )
    terminal.answer(
        {
            "clean": report.clean,
            "checks": [
                {"check": one.check, "rows": one.rows, "findings": len(one.findings)}
                for one in report.checked
            ],
            "findings": [
                {"check": one.check, "subject": one.subject, "message": one.sentence()} for one in findings
            ],
        },
        *table([_("Check"), _("Rows"), _("Result")], rows, numbers=[1]),
        "",
        verdict,
        *(f"  {one.sentence()}" for one in findings),
    )
    return 0 if report.clean else 1


def paper(arguments: Namespace, terminal: Terminal) -> int:
    """Checks the text that the square code of a receipt or an extract holds."""
    from muniadmin.documents.signing import ReceiptClaim, read_signed

    claim = read_signed(arguments.text, _keys(arguments))
    if isinstance(claim, ReceiptClaim):
        currency = _currency(claim.currency)
        terminal.answer(
            {
                "genuine": True,
                "kind": "receipt",
                "number": claim.number,
                "taken_on": claim.taken_on.isoformat(),
                "amount": format(currency.decimal(claim.amount), "f"),
                "currency": claim.currency,
                "taxpayer_number": claim.taxpayer_number,
                "desk": claim.desk,
            },
            _("Genuine. Receipt {number} of {day}: {amount}, desk {desk}.").format(
                number=claim.number,
                day=format_date(claim.taken_on),
                amount=format_money(claim.amount, currency, with_code=True),
                desk=claim.desk,
            ),
        )
    else:
        terminal.answer(
            {
                "genuine": True,
                "kind": "extract",
                "number": claim.number,
                "issued_on": claim.issued_on.isoformat(),
                "act": claim.act,
                "holder": claim.holder,
                "born_on": claim.born_on.isoformat(),
            },
            _("Genuine. Extract {number} of {day}: {holder}, born on {birthday}, act {act}.").format(
                number=claim.number,
                day=format_date(claim.issued_on),
                holder=claim.holder,
                birthday=format_date(claim.born_on),
                act=claim.act,
            ),
        )
    return 0


def _keys(arguments: Namespace) -> Sequence["PublicKey"]:
    from muniadmin.documents.signing import PublicKey

    if arguments.key:
        try:
            pem = Path(arguments.key).read_bytes()
        except OSError as error:
            raise FileUnreadable(path=arguments.key, reason=error.strerror) from error
        try:
            return [PublicKey.from_pem(pem)]
        except ValueError as error:
            raise NotAKey(path=arguments.key) from error
    from muniadmin.cli.papers import public_key_of

    with opened(arguments) as app:
        return [public_key_of(app)]


def _currency(code: str) -> Currency:
    """A currency as the world writes it: offline, no profile tells its symbol."""
    from babel.numbers import get_currency_precision

    return Currency(code, get_currency_precision(code), code)
