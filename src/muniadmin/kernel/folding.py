"""The form in which names are searched: without case, accents, Arabic vowel marks or spelling variants of a letter."""

import re
import unicodedata

# Letters that Unicode does not decompose, and Arabic letters that clerks write for one another.
_SAME = str.maketrans(
    {
        "ł": "l", "ø": "o", "ß": "ss", "ı": "i", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ħ": "h",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": "",
        "’": "'", "`": "'",
    }
)  # fmt: skip
_NOT_WORD = re.compile(r"[^\w]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def fold(text: str) -> str:
    """``text`` as it is indexed and compared: 'Éloïse  EL-Fassi' and 'eloise el fassi' fold alike."""
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    once = _folded(text)
    # Again: a letter that only looks like another, such as a mathematical A, is lowered once it has become it.
    return once if once.isascii() else _folded(once)


def _folded(text: str) -> str:
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.lower().translate(_SAME)))
    if not bare.isascii():
        bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", bare.lower().translate(_SAME)).strip()
