"""Arabic lines: letters joined, words in drawing order, numbers and Latin words readable inside."""

import pytest

from muniadmin.documents.arabic import has_arabic, reads_from_right, shaped, visual
from muniadmin.documents.typesetting import TEXT, arabic_lines, clean, drawn, fitted, width


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("فاس", "ﺱﺎﻓ"),
        ("جماعة فاس", "ﺱﺎﻓ ﺔﻋﺎﻤﺟ"),
        ("رسم رقم 123 سنة 2026", "2026 ﺔﻨﺳ 123 ﻢﻗﺭ ﻢﺳﺭ"),
        ("(بناني)", "(ﻲﻧﺎﻨﺑ)"),
        ("السلام", "ﻡﻼﺴﻟﺍ"),
        ("משה כהן (12)", "(12) ןהכ השמ"),
        ("Amina · أمينة", "Amina · ﺔﻨﻴﻣﺃ"),
        ("Amina", "Amina"),
    ],
)
def test_the_line_is_drawn_as_it_is_read(text: str, drawn: str) -> None:
    assert visual(text) == drawn


def test_marks_of_direction_are_not_printed() -> None:
    assert visual("\u2066C-0018342-7\u2069 فاس") == visual("C-0018342-7 فاس")
    assert drawn("\u202eAmina\u200b Bennani\ufeff\x07") == "Amina Bennani"


def test_joiners_decide_how_letters_join_and_are_not_printed() -> None:
    assert shaped("نامه\u200cها") != shaped("نامهها")
    assert "\u200c" not in shaped("نامه\u200cها")
    assert drawn("a\u200db") == "ab"


def test_accents_are_one_with_their_letters() -> None:
    assert clean("E\u0301loi\u0308se N\u0303un\u0303ez C\u0327elik") == "Éloïse Ñuñez Çelik"


def test_the_first_letter_decides_from_where_a_line_reads() -> None:
    assert reads_from_right("12 فاس")
    assert not reads_from_right("Fès فاس")
    assert not reads_from_right("12")
    assert has_arabic("Fès فاس")
    assert not has_arabic("Fès")


def test_joined_letters_are_measured() -> None:
    assert width("بناني", TEXT) == pytest.approx(width(shaped("بناني"), TEXT))


def test_no_line_is_wider_than_its_room_and_no_letter_is_lost() -> None:
    text = "Société Immobilière بناني وأبنائه ورثة بنعبد الجليل Rechtsschutzversicherungsgesellschaften"
    for room in (30.0, 61.5, 120.0):
        broken = arabic_lines(text, TEXT, room)
        assert all(width(line, TEXT) <= room for line in broken)
        assert "".join(broken).replace(" ", "") == text.replace(" ", "")


def test_a_fitted_text_is_as_wide_as_its_room_at_most() -> None:
    assert fitted("Fès", TEXT, 100) is TEXT
    assert width("Fès" * 40, fitted("Fès" * 40, TEXT, 100)) == pytest.approx(100)


def test_a_code_point_that_no_character_has_does_not_stop_the_printing() -> None:
    assert visual("\u0590") == shaped("\u0590") == "\ufffd"
    assert "\ufffd" in visual("بناني \u05ff")
