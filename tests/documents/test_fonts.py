"""The faces papers are set in: the files are those that were chosen, and the scripts of our towns have one."""

import hashlib

import pytest

from muniadmin.documents.typesetting import TEXT, letters_without_face, width
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
    ("name", "missing"), [("李小龍", "李小龍"), ("Amina 🙂", "🙂"), ("สมชาย A", "สมชาย"), ("aa李李b", "李")]
)
def test_letters_that_no_face_has_are_named_once_each(name: str, missing: str) -> None:
    assert letters_without_face(name) == missing
