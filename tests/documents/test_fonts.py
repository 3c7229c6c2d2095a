"""The faces papers are set in: the files are those that were chosen, and the scripts of our towns have one."""

import hashlib
import sys

import pytest

from muniadmin.documents.fonts import Weight, face_of
from muniadmin.documents.letters import letters_without_font
from muniadmin.documents.typesetting import TEXT, drawn, letters_without_face, width
from muniadmin.kernel.shipped import resource


def test_the_font_files_are_those_that_were_chosen() -> None:
    folder = resource("fonts")
    lines = (folder / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    listed = {line.split("  ")[1]: line.split("  ")[0] for line in lines}
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.ttf")}
    assert found == listed


@pytest.mark.parametrize(
    "name",
    [
        "Éloïse Ñuñez Çelik", "E\u0301loi\u0308se", "Ngọc Nguyễn", "Ɓalɗe Ŋ", "Łukasz Őry", "Ελένη", "Жанна",
        "أمينة بناني", "گل‌ها پژ", "ⴰⵎⵉⵏⴰ ⴱⵏⵏⴰⵏⵉ", "משה כהן", "አበበ በቀለ", "\u202eAmina Bennani", "½ 12 € ₡ №",
    ],
)  # fmt: skip
def test_every_letter_of_a_name_has_a_face(name: str) -> None:
    assert letters_without_face(name) == ""
    assert width(name, TEXT) > 0


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("李小龍", "李小龍"),
        ("Amina 🙂", "🙂"),
        ("สมชาย A", "สมชาย"),
        ("aa李李b", "李"),
        ("x\uffffy\ufffe", "\uffff\ufffe"),
    ],
)
def test_letters_that_no_face_has_are_named_once_each(name: str, missing: str) -> None:
    assert letters_without_face(name) == missing


def test_asking_quickly_and_asking_the_fonts_come_to_the_same() -> None:
    """Every letter there is, one by one; marks that are never drawn need no face."""
    for code in range(0x20, sys.maxunicode + 1):
        char = chr(code)
        if not 0xD800 <= code <= 0xDFFF and not letters_without_font(char):
            shown = drawn(char)
            assert "\ufffd" not in shown or char == "\ufffd", f"U+{code:04X}"


def test_every_weight_draws_the_same_letters() -> None:
    for code in range(0x20, 0x20000):
        faces = [bool(face_of(chr(code), weight)) for weight in Weight]
        assert len(set(faces)) == 1, f"U+{code:04X}"


def test_letters_without_a_face_are_drawn_as_a_sign_that_there_was_one() -> None:
    assert drawn("李小龍") == "\ufffd\ufffd\ufffd"
