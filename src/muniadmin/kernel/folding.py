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


def fold(text: str) -> str:
    """``text`` as it is indexed and compared: 'Éloïse  EL-Fassi' and 'eloise el fassi' fold alike."""
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    lowered = text.lower().translate(_SAME)
    bare = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare.translate(_SAME)).strip()
