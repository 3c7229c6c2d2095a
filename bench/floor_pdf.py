"""The least a program can do to print receipts: what the receipts of the program are held against.

One form that all pages share, a dozen short texts at fixed places in a font every reader has, both codes as pictures
of one bit a module, every page compressed and written out at once. No layout, no languages, no other kind of document.
"""

import zlib
from collections.abc import Iterable
from typing import BinaryIO

from muniadmin.documents.barcodes import code128_bits, qr_rows
from muniadmin.documents.sheets import ReceiptSheet

_WIDTH, _HEIGHT = 420, 595
_LABELS = "Receipt number|Date|Received from|Taxpayer|Means of payment|Desk|Cashier|Cash|Change|Total|In words|".split(
    "|"
)


def _text(x: float, y: float, text: str, size: int = 9) -> str:
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F {size} Tf {x} {y} Td ({escaped}) Tj ET\n"


def _picture(x: float, y: float, width: float, height: float, rows: list[str]) -> bytes:
    side = len(rows[0])
    packed = b"".join(
        int(row.ljust(-(-side // 8) * 8, "0"), 2).to_bytes(-(-side // 8), "big") for row in rows
    )
    head = f"q {width} 0 0 {height} {x} {y} cm BI /W {side} /H {len(rows)} /BPC 1 /CS /G /D [1 0] ID "
    return head.encode() + packed + b"\nEI Q\n"


def _page(sheet: ReceiptSheet) -> bytes:
    facts = (
        sheet.number, f"{sheet.taken_at:%d/%m/%Y %H:%M}", sheet.payer, sheet.taxpayer_number or "",
        " + ".join(one.channel for one in sheet.tenders),
        sheet.desk, sheet.cashier, str(sheet.tendered and sheet.tendered.minor), str(sheet.change.minor),
        str(sheet.total.minor), sheet.in_words, *sheet.texts,
    )  # fmt: skip
    texts = [_text(150, 480 - 18 * place, fact) for place, fact in enumerate(facts)]
    for place, line in enumerate(sheet.lines):
        texts.append(_text(30, 240 - 16 * place, f"{line.what} {line.period} {line.bill_number}"))
        texts.append(_text(330, 240 - 16 * place, str(line.amount.minor)))
    drawn = "/X Do\n" + "".join(texts)
    qr = _picture(30, 30, 96, 96, qr_rows(sheet.verification))
    bars = _picture(150, 60, 220, 30, [code128_bits(sheet.number)])
    return drawn.encode("latin-1", "replace") + qr + bars


class FloorWriter:
    """A PDF being written, page by page."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._places: list[int] = []
        self._pages: list[int] = []
        out.write(b"%PDF-1.4\n")

    def _object(self, body: bytes) -> int:
        self._places.append(self._out.tell())
        number = len(self._places)
        self._out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        return number

    def _stream(self, content: bytes, entries: bytes = b"") -> int:
        packed = zlib.compress(content)
        head = b"<<%b/Filter/FlateDecode/Length %d>>\nstream\n" % (entries, len(packed))
        return self._object(head + packed + b"\nendstream")

    def write(self, sheets: Iterable[ReceiptSheet]) -> None:
        """Writes a page for each sheet, and the end of the file."""
        font = self._object(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
        labels = "".join(_text(30, 480 - 18 * place, label) for place, label in enumerate(_LABELS))
        form = self._stream(
            labels.encode(),
            b"/Type/XObject/Subtype/Form/BBox[0 0 %d %d]/Resources<</Font<</F %d 0 R>>>>"
            % (_WIDTH, _HEIGHT, font),
        )
        parent = len(self._places) + 1
        self._places.append(0)
        resources = b"<</Font<</F %d 0 R>>/XObject<</X %d 0 R>>>>" % (font, form)
        for sheet in sheets:
            content = self._stream(_page(sheet))
            page = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources %b>>"
            self._pages.append(self._object(page % (parent, _WIDTH, _HEIGHT, content, resources)))
        self._places[parent - 1] = self._out.tell()
        kids = b" ".join(b"%d 0 R" % page for page in self._pages)
        self._out.write(
            b"%d 0 obj\n<</Type/Pages/Kids[%b]/Count %d>>\nendobj\n" % (parent, kids, len(self._pages))
        )
        catalog = self._object(b"<</Type/Catalog/Pages %d 0 R>>" % parent)
        table = self._out.tell()
        self._out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(self._places) + 1))
        self._out.write(b"".join(b"%010d 00000 n \n" % place for place in self._places))
        self._out.write(
            b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self._places) + 1, catalog, table)
        )
