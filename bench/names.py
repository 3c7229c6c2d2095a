"""Names for large registers: as many different family names as a country has, with accents as people write them."""

from random import Random

_GIVEN = (
    "Amina Fatima Khadija Zineb Salma Naïma Éloïse Aïcha Hélène Noémie María José Ángela Begoña Sofía Grace Achen "
    "Nakato Mohamed Youssef Ahmed Brahim Saïd Driss Élie Loïc François Jérôme Raúl Andrés Óscar Íñigo Okello Mukasa"
).split()
_BEGINNINGS = "b c d f g h j k l m n p r s t v z ch kh gh dj br tr".split()
_VOWELS = "a e i o u é è ï ô ou ai a e i o u a i".split()
_ENDINGS = ["", "", "", "n", "r", "s", "l", "ni", "ñez", "oui", "ane", "çais"]


def family_name(rng: Random) -> str:
    """One of some hundred thousand."""
    syllables = "".join(rng.choice(_BEGINNINGS) + rng.choice(_VOWELS) for _ in range(rng.choice((2, 2, 3))))
    return (syllables + rng.choice(_ENDINGS)).capitalize()


def full_name(rng: Random) -> str:
    """Two given names or one, and a family name."""
    return " ".join([*rng.sample(_GIVEN, rng.choice((1, 2))), family_name(rng)])


def with_a_slip(rng: Random, word: str) -> str:
    """The word as a hurried hand types it: a letter too few, too many, another one, or two swapped."""
    place = rng.randrange(1, len(word) - 1)
    letter = rng.choice("aeinorst")
    return rng.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        )
    )
