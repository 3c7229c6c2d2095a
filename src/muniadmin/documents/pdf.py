"""Writes a PDF straight to a file, page by page, so that a roll of any length needs no more memory than one bill.

reportlab's own canvas keeps every page until the end and sets text several times slower (measured: a quarter of
the pages a second); from reportlab come the fonts. Text is stored as Unicode (Type 0 fonts with a ToUnicode map),
content is compressed, and the same input always gives the same bytes. Reference: ISO 32000-1.
"""

import unicodedata
import zlib
from array import array
from typing import BinaryIO

from muniadmin.documents.fonts import Face, face

_PAGES_PER_NODE = 200
# Letters in every subset from the start: documents then share one subset instead of each having its own.
_COMMON = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x100)])) + "ŒœŸ–—‘’“”„†•…‰€−\u202f\u2009"


class EmbeddedFace:
    """A face as one PDF file holds it: glyphs are numbered in the order in which they are first used."""

    def __init__(self, source: Face, resource: str, number: int) -> None:
        self.source = source
        self.resource = resource
        self.number = number
        self._chars: list[str] = []
        self._numbers: dict[int, int] = {}
        self._codes: dict[str, str] = {}
        self.widths = source.widths
        for char in _COMMON:
            if source.has(char):
                self._code(char)

    def _code(self, char: str) -> str:
        """The four hexadecimal digits that stand for the character in page content."""
        glyph = self.source.glyph(char)
        if glyph and glyph not in self._numbers:
            self._chars.append(char)
            self._numbers[glyph] = len(self._chars)
        code = self._codes[char] = f"{self._numbers.get(glyph, 0):04X}"
        return code

    def encode(self, text: str) -> str:
        """The text as a PDF string of glyph numbers."""
        codes = self._codes
        return "<" + "".join([codes.get(char) or self._code(char) for char in text]) + ">"

    @property
    def chars(self) -> str:
        """The characters embedded, in the order of their glyph numbers from 1."""
        return "".join(self._chars)


class PdfFile:
    """A PDF being written to ``out``; nothing is kept but the place of each object."""

    def __init__(self, out: BinaryIO, *, title: str, author: str, language: str) -> None:
        self._out = out
        self._written = 0
        self._places = array("Q")
        self._faces: dict[str, EmbeddedFace] = {}
        self._forms: list[int] = []
        self._title, self._author, self._language = title, author, language
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._catalog, self._info, self._root, self._resources = (self._reserve() for _ in range(4))
        self._nodes: list[tuple[int, int]] = []
        self._node, self._kids = 0, array("Q")

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._written += len(data)

    def _reserve(self) -> int:
        self._places.append(0)
        return len(self._places)

    def _put(self, number: int, body: str | bytes) -> None:
        raw = body if isinstance(body, bytes) else body.encode("latin-1")
        self._places[number - 1] = self._written
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, raw))

    def _put_stream(self, number: int, content: bytes, entries: str = "") -> None:
        packed = zlib.compress(content, 6)
        head = f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>\nstream\n"
        self._put(number, head.encode("latin-1") + packed + b"\nendstream")

    def face(self, name: str) -> EmbeddedFace:
        """The face under which page content may set text."""
        embedded = self._faces.get(name)
        if embedded is None:
            embedded = EmbeddedFace(face(name), f"F{len(self._faces)}", self._reserve())
            self._faces[name] = embedded
        return embedded

    def form(self, width: float, height: float, content: str) -> str:
        """Keeps content that many pages show; returns its name for the ``Do`` operator."""
        number = self._reserve()
        self._forms.append(number)
        box = (
            f"/Type/XObject/Subtype/Form/BBox[0 {-height:.2f} {width:.2f} 0]/Resources {self._resources} 0 R"
        )
        self._put_stream(number, content.encode("latin-1"), box)
        return f"X{len(self._forms) - 1}"

    def page(self, width: float, height: float, content: str) -> None:
        """Adds a page. Its content sees the origin at the top left corner, with y negative downwards."""
        if not self._kids:
            self._node = self._reserve()
        page, stream = self._reserve(), self._reserve()
        placed = f"1 0 0 1 0 {height:.2f} cm\n{content}"
        self._put_stream(stream, placed.encode("latin-1"))
        self._put(
            page,
            f"<</Type/Page/Parent {self._node} 0 R/MediaBox[0 0 {width:.2f} {height:.2f}]"
            f"/Contents {stream} 0 R/Resources {self._resources} 0 R>>",
        )
        self._kids.append(page)
        if len(self._kids) == _PAGES_PER_NODE:
            self._close_node()

    def _close_node(self) -> None:
        self._put_pages(self._node, list(self._kids), len(self._kids), f"/Parent {self._root} 0 R")
        self._nodes.append((self._node, len(self._kids)))
        self._kids = array("Q")

    def _put_pages(self, number: int, kids: list[int], count: int, parent: str = "") -> None:
        references = " ".join(f"{kid} 0 R" for kid in kids)
        self._put(number, f"<</Type/Pages{parent}/Kids[{references}]/Count {count}>>")

    def close(self) -> None:
        """Writes what the pages refer to and the table of contents of the file. ``out`` stays open."""
        if self._kids:
            self._close_node()
        self._put_pages(self._root, [node for node, _ in self._nodes], sum(count for _, count in self._nodes))
        for embedded in self._faces.values():
            self._put_face(embedded)
        faces = "".join(f"/{embedded.resource} {embedded.number} 0 R" for embedded in self._faces.values())
        forms = "".join(f"/X{index} {number} 0 R" for index, number in enumerate(self._forms))
        self._put(self._resources, f"<</Font<<{faces}>>/XObject<<{forms}>>/ProcSet[/PDF/Text/ImageB]>>")
        self._put(
            self._catalog,
            f"<</Type/Catalog/Pages {self._root} 0 R/Lang({self._language})"
            "/ViewerPreferences<</DisplayDocTitle true>>>>",
        )
        self._put(
            self._info,
            f"<</Title {_utf16(self._title)}/Author {_utf16(self._author)}/Producer(MuniAdmin)>>",
        )
        table = self._written
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(self._places) + 1))
        for place in self._places:
            self._write(b"%010d 00000 n \n" % place)
        trailer = f"trailer\n<</Size {len(self._places) + 1}/Root {self._catalog} 0 R/Info {self._info} 0 R>>"
        self._write(f"{trailer}\nstartxref\n{table}\n%%EOF\n".encode("ascii"))

    def _put_face(self, embedded: EmbeddedFace) -> None:
        """The five objects of an embedded TrueType subset: font, descendant, descriptor, file, ToUnicode map."""
        source, chars = embedded.source, embedded.chars
        descendant, descriptor, program, unicode_map = (self._reserve() for _ in range(4))
        name = f"/MUNIAD+{source.name}"
        file = source.subset(chars)
        self._put_stream(program, file, f"/Length1 {len(file)}")
        self._put(
            descriptor,
            f"<</Type/FontDescriptor/FontName{name}/Flags 4/FontBBox[{' '.join(map(str, source.bounds))}]"
            f"/ItalicAngle 0/Ascent {source.ascent}/Descent {source.descent}/CapHeight {source.cap_height}"
            f"/StemV {source.stem}/FontFile2 {program} 0 R>>",
        )
        widths = " ".join(f"{source.widths[char]:g}" for char in chars)
        self._put(
            descendant,
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont{name}/CIDToGIDMap/Identity/DW 600/W[1[{widths}]]"
            f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {descriptor} 0 R>>",
        )
        self._put_stream(unicode_map, _to_unicode(chars).encode("ascii"))
        self._put(
            embedded.number,
            f"<</Type/Font/Subtype/Type0/BaseFont{name}/Encoding/Identity-H"
            f"/DescendantFonts[{descendant} 0 R]/ToUnicode {unicode_map} 0 R>>",
        )


def _to_unicode(chars: str) -> str:
    """The CMap from glyph numbers back to characters, in the portions of 100 that the format allows.

    The joined forms of Arabic letters are given back as the letters themselves, so that the text can be searched.
    """
    plain = [unicodedata.normalize("NFKC", char) if char >= "\ufb50" else char for char in chars]
    pairs = [f"<{index:04X}><{letters.encode('utf-16-be').hex()}>" for index, letters in enumerate(plain, 1)]
    portions = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    maps = "".join(f"{len(some)} beginbfchar\n" + "\n".join(some) + "\nendbfchar\n" for some in portions)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
        "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n{maps}"
        "endcmap CMapName currentdict/CMap defineresource pop end end\n"
    )


def _utf16(text: str) -> str:
    """Any text as a PDF string."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"
