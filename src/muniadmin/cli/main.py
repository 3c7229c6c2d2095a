"""The ``muniadmin`` command: understands what was typed, runs it, and turns what goes wrong into a sentence."""

import logging
import os
import sys
import traceback
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module

from muniadmin.cli.arguments import parse
from muniadmin.cli.errors import Interrupted, Misuse
from muniadmin.cli.terminal import Terminal
from muniadmin.kernel.command_line import wanted_language
from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import _, set_language

DONE, REFUSED, MISUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    set_language(wanted_language(given))
    terminal = Terminal(as_json="--json" in given)
    try:
        understood = parse(given)
    except Misuse as problem:
        terminal.refuse(problem)
        return MISUSED
    try:
        return _run(understood, terminal)
    finally:
        terminal.close()


def _run(arguments: Namespace, terminal: Terminal) -> int:
    module, function = arguments.run.split(":")
    try:
        code: int = getattr(import_module(module), function)(arguments, terminal)
    except Misuse as problem:
        terminal.refuse(problem)
        return MISUSED
    except UserError as problem:
        terminal.refuse(problem)
        return REFUSED
    except KeyboardInterrupt:
        terminal.refuse(Interrupted())
        return REFUSED
    except BrokenPipeError:
        # Whoever read our answer has heard enough; Python must not complain about it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except Exception as error:  # noqa: BLE001 - the last net: nobody is shown a traceback
        terminal.note(_incident(error))
        return REFUSED
    return code


def _incident(error: Exception) -> str:
    """Writes down what nobody expected; what to tell the user."""
    from muniadmin.kernel.incidents import incident_number
    from muniadmin.kernel.places import log_file

    number = incident_number(datetime.now(UTC))
    path = log_file()
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log = logging.getLogger("muniadmin.cli")
    log.addHandler(handler)
    log.error("incident %s\n%s", number, "".join(traceback.format_exception(error)))
    handler.close()
    log.removeHandler(handler)
    return _(
        "Something went wrong that should not (incident {number}). Send the file {path} to support."
    ).format(number=number, path=path)


if __name__ == "__main__":
    sys.exit(main())
