"""Which letters of a text no font here has: asked before a paper that bears them is issued."""

import re

# Letters that nearly every paper is made of, and that the fonts have; a test holds them against each other.
UNUSUAL = re.compile(
    "[^\x00-\x7f\u00a0-\u017f\u0621-\u063a\u0641-\u0652\u2010-\u2015\u2018-\u201e\u2026\u202f\u20ac\u2212]"
)


def letters_without_font(text: str) -> str:
    """The letters that would be drawn as boxes, each once."""
    unusual = "".join(dict.fromkeys(UNUSUAL.findall(text)))
    if not unusual:
        return ""
    from muniadmin.documents.typesetting import letters_without_face  # reads the fonts, rarely needed

    return letters_without_face(unusual)
