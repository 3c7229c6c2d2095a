"""What is typed to start a program of ours is answered in the user's language, its help and refusals too."""

import argparse
import os
from collections.abc import Sequence
from typing import Any

from muniadmin.kernel.i18n import LANGUAGES, N_, _, ngettext

# What argparse says itself; it takes its words from our catalogue (see argparse_speaks).
_ARGPARSE_WORDS = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid %(type)s value: %(value)r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("not allowed with argument %s"),
    N_("one of the arguments %s is required"),
    N_("ignored explicit argument %r"),
)


def wanted_language(arguments: Sequence[str]) -> str:
    """The language asked for by ``--language``, else that of the environment, else English.

    It is looked for before anything is understood, because refusals are in that language, too.
    """
    asked = ""
    for place, argument in enumerate(arguments):
        if argument == "--language" and place + 1 < len(arguments):
            asked = arguments[place + 1]
        elif argument.startswith("--language="):
            asked = argument.partition("=")[2]
    found = asked or next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    code = found[:2].lower()
    return code if code in LANGUAGES else "en"


def argparse_speaks() -> None:
    """Lets argparse say its own words in the language in force."""
    words: Any = argparse
    words._, words.ngettext = _, ngettext
