"""The command that checks a paper by its square code."""

import sys
from argparse import Namespace
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muniadmin.cli.errors import FileUnreadable, NotAKey
from muniadmin.cli.opening import opened, operator
from muniadmin.cli.terminal import Terminal
from muniadmin.kernel.i18n import _, labelled

if TYPE_CHECKING:
    from muniadmin.documents.signing import PublicKey
    from muniadmin.verification.reads import CheckedPaper

EXIT_CODES = {
    "genuine": 0,
    "signed": 0,
    "cancelled": 3,
    "returned": 3,
    "withdrawn": 3,
    "unknown": 4,
    "other_key": 4,
    "forged": 5,
    "differs": 5,
}
"""By verdict; what could not be checked at all ends with 1, as every refusal does."""

#: More than any code has; whatever else comes from standard input is not kept.
_MOST_READ = 10_000


def paper(arguments: Namespace, terminal: Terminal) -> int:
    """Tells from a square code whether a paper is genuine, and what became of it; the exit code tells it too."""
    from muniadmin.documents.errors import DamagedText
    from muniadmin.documents.scanned import as_text
    from muniadmin.kernel.numbers import WrongNumber
    from muniadmin.verification.wording import differences_of, facts_of, words_of

    raw = sys.stdin.buffer.read(_MOST_READ) if arguments.text == "-" else arguments.text
    try:
        found = _checked(arguments, as_text(raw))
    except (DamagedText, WrongNumber) as problem:
        if not terminal.as_json:
            raise
        why = problem.why if isinstance(problem, DamagedText) else "wrong_number"
        said = {"sentence": problem.sentence(), "advice": problem.advice()}
        terminal.answer({"verdict": "unreadable", "why": why, **said})
        return 1
    words = words_of(found)
    otherwise = _("{field}: the code says {on_paper}, but {issued} was issued.")
    terminal.answer(
        {**_as_data(found), "sentence": words.sentence, "advice": words.advice},
        words.sentence,
        *(
            otherwise.format(field=field, on_paper=on_paper, issued=issued)
            for field, on_paper, issued in differences_of(found)
        ),
        *(f"  {labelled(name, value)}" for name, value in facts_of(found)),
        words.advice,
    )
    return EXIT_CODES[found.verdict]


def _checked(arguments: Namespace, text: str) -> "CheckedPaper":
    """The answer of the database; with a key, what the key alone tells."""
    from muniadmin.verification.papers import check_offline
    from muniadmin.verification.reads import CheckPaper

    if arguments.key:
        return check_offline(text, [_key_in(arguments.key)])
    with opened(arguments) as app:
        return app.read(CheckPaper(text=text), operator())


def _key_in(path: str) -> "PublicKey":
    """The public key in a file. Raises FileUnreadable, NotAKey."""
    from muniadmin.documents.signing import PublicKey

    try:
        pem = Path(path).read_bytes()
    except OSError as error:
        raise FileUnreadable(path=path, reason=error.strerror) from error
    try:
        return PublicKey.from_pem(pem)
    except ValueError as error:
        raise NotAKey(path=path) from error


def _as_data(found: "CheckedPaper") -> dict[str, Any]:
    """For programs: amounts in major units, days and instants in ISO form; what is not known is not there."""
    from muniadmin.collection.sheets import ReceiptSheet

    data: dict[str, Any] = {
        "verdict": found.verdict.value,
        "kind": found.kind,
        "key": found.key,
        "says": _plain(found, found.says),
        "differs": [
            {
                "field": one.field,
                "says": _plain(found, {one.field: one.on_paper})[one.field],
                "issued": _plain(found, {one.field: one.issued})[one.field],
            }
            for one in found.differs
        ],
    }
    sheet = found.issued
    if isinstance(sheet, ReceiptSheet):
        data["issued"] = {
            "payer": sheet.payer,
            "amount": _major(found, sheet.total.minor),
            "taken_at": sheet.taken_at.isoformat(),
            "bills": [line.bill_number for line in sheet.lines],
        }
        data["annulled_bills"] = list(found.annulled_bills)
    elif sheet is not None:
        data["issued"] = {"title": sheet.title, "holder": sheet.child.name, "registrar": sheet.registrar}
    if (cancelled := found.cancelled) is not None:
        data["cancelled"] = {
            "number": cancelled.number,
            "day": cancelled.cancelled_on.isoformat(),
            "at": cancelled.cancelled_at.isoformat(),
            "by": cancelled.cancelled_by,
            "approved_by": cancelled.approved_by,
            "reason": cancelled.reason,
        }
    if found.returned:
        data["returned"] = [
            {
                "channel": one.channel,
                "amount": _major(found, one.amount.minor),
                "reference": one.reference,
                "day": one.returned_on.isoformat(),
                "decision": one.number,
                "reason": one.reason,
            }
            for one in found.returned
        ]
    if (withdrawn := found.withdrawn) is not None:
        data["withdrawn"] = {
            "at": withdrawn.withdrawn_at.isoformat(),
            "replaced_by": withdrawn.replaced_by,
            "request": withdrawn.request_number,
        }
    return data


def _plain(found: "CheckedPaper", claims: Mapping[str, str]) -> dict[str, str]:
    """Claims in the form of every other answer; what is none in a forged text stays as it stands there."""
    plain = dict(claims)
    for field, value in claims.items():
        try:
            if field in ("taken_on", "issued_on", "born_on"):
                plain[field] = date.fromisoformat(value).isoformat()
            elif field == "amount":
                plain[field] = _major(found, int(value))
        except ValueError:
            continue
    return plain


def _major(found: "CheckedPaper", minor: int) -> str:
    return format(Decimal(minor).scaleb(-found.currency.decimals), "f")
