"""Commands about issued documents and the key that signs them."""

from argparse import Namespace
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from muniadmin.cli.errors import FileUnwritable
from muniadmin.cli.opening import opened, operator
from muniadmin.cli.terminal import Terminal
from muniadmin.kernel.drafts import draft_of, drafted
from muniadmin.kernel.i18n import _
from muniadmin.kernel.paths import as_file_name, is_folder

if TYPE_CHECKING:
    from muniadmin.app import App
    from muniadmin.documents.signing import PublicKey


#: More receipts than a book of stubs has.
_LIKE_IT = 10_000


def print_receipt(arguments: Namespace, terminal: Terminal) -> int:
    """Prints an issued receipt: the first time as the original, then as a duplicate with its rank."""
    from muniadmin.collection.errors import ReceiptUnknown
    from muniadmin.collection.reads import Receipts
    from muniadmin.documents.commands import PrintDocument
    from muniadmin.documents.reads import ReceiptPaper
    from muniadmin.kernel.numbers import read_number

    with opened(arguments) as app:
        read = read_number(arguments.number)
        number = read[1] if read is not None else arguments.number.strip()
        # Those of other stubs may begin with this one: 12 of a book, and 120.
        listed = app.read(Receipts(number=number, limit=_LIKE_IT), operator()).rows
        found = next((one for one in listed if one.number.casefold() == number.casefold()), None)
        if found is None:
            raise ReceiptUnknown(number=number)
        number = found.number
        command = PrintDocument(
            document_id=found.document_id, paper=ReceiptPaper(arguments.paper), reason=arguments.reason
        )
        path = Path(arguments.out or f"{as_file_name(number)}.pdf")
        ensure_writable(path)
        printed = app.execute(command, operator()).outcome
    write_bytes(path, printed.pdf)
    terminal.answer(
        {"number": number, "file": str(path), "duplicate": printed.duplicate},
        _("Receipt {number} is in {file}.").format(number=number, file=path),
        *([_("It is duplicate {rank}.").format(rank=printed.duplicate)] if printed.duplicate else []),
    )
    return 0


def change_arms(arguments: Namespace, terminal: Terminal) -> int:
    """Puts a picture of the arms on the papers issued from now on, or takes it off."""
    from muniadmin.documents.commands import ChangeArms

    with opened(arguments) as app:
        app.execute(ChangeArms(path=arguments.file), operator())
    terminal.answer(
        {"file": arguments.file},
        _("Papers bear the picture in {file} as soon as the workstations start again.").format(
            file=arguments.file
        )
        if arguments.file
        else _("Papers bear no arms as soon as the workstations start again."),
    )
    return 0


def export_key(arguments: Namespace, terminal: Terminal) -> int:
    """Writes the public key with which anybody can check receipts and extracts."""
    with opened(arguments) as app:
        key = public_key_of(app)
    pem = key.to_pem()
    if arguments.out:
        write_bytes(Path(arguments.out), pem)
    lines = (
        [_("The key is in {file}.").format(file=arguments.out)]
        if arguments.out
        else pem.decode().splitlines()
    )
    terminal.answer({"key": pem.decode(), "fingerprint": key.fingerprint, "file": arguments.out}, *lines)
    return 0


def public_key_of(app: "App") -> "PublicKey":
    """The municipality's public key."""
    from muniadmin.documents.keys import public_key
    from muniadmin.storage.unit_of_work import read_unit

    with read_unit(
        app.database, actor=operator(), now=app.clock.now(), municipality=app.municipality
    ) as reading:
        return public_key(reading)


def ensure_writable(path: Path) -> None:
    """Raises FileUnwritable before anything is done for a file that could not be written."""
    try:
        if not is_folder(path.parent):
            raise FileUnwritable(path=path, reason=_("there is no such folder"))
        with suppress(FileNotFoundError):
            if not S_ISREG(path.stat().st_mode):
                raise FileUnwritable(path=path, reason=_("this is no file"))
        draft = draft_of(path)
        draft.touch()
        draft.unlink()
    except OSError as error:
        raise FileUnwritable(path=path, reason=error.strerror) from error


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file in place of what was there, which stays until the new one is whole. Raises FileUnwritable."""
    ensure_writable(path)
    try:
        with drafted(path) as draft:
            draft.write_bytes(content)
    except OSError as error:
        raise FileUnwritable(path=path, reason=error.strerror) from error
