"""What a command says: answers on standard output, progress and refusals on standard error."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from typing import Any, TextIO

from muniadmin.kernel.errors import InvalidInput, UserError
from muniadmin.kernel.i18n import _
from muniadmin.kernel.requests import Progress

_BAR = 30
_EVERY_SECONDS = 0.1


class Terminal:
    """Where one command speaks."""

    def __init__(self, *, as_json: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.as_json = as_json
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        for stream in (self._out, self._err):
            if isinstance(stream, TextIOWrapper):  # a file or a pipe on Windows is not in UTF-8
                stream.reconfigure(errors="backslashreplace")
        self._bar_shown = False

    def answer(self, data: Mapping[str, Any], *lines: str) -> None:
        """What the command found or did: ``data`` for machines, ``lines`` for people."""
        if self.as_json:
            print(json.dumps(data, ensure_ascii=False, indent=2, default=str), file=self._out)
        else:
            for line in lines:
                print(line, file=self._out)
        self._out.flush()

    def refuse(self, problem: UserError) -> None:
        """Says what could not be done and what to do about it; a refused field is named."""
        self._end_bar()
        if isinstance(problem, InvalidInput):
            for name, one in problem.problems.items():
                self.note(f"{name}: {one.sentence()} {one.advice()}")
        else:
            self.note(f"{problem.sentence()} {problem.advice()}")

    def note(self, text: str) -> None:
        """Says something beside the answer."""
        self._end_bar()
        print(text, file=self._err, flush=True)

    def progress(self, title: str) -> Progress:
        """A bar on the terminal; nothing where standard error is a file or a pipe."""
        if not self._err.isatty():
            return lambda done, total: None
        from muniadmin.kernel.formats import format_number  # loads Babel, only needed where a bar is drawn

        drawn_at = 0.0

        def show(done: int, total: int) -> None:
            nonlocal drawn_at
            now = time.monotonic()
            if now - drawn_at < _EVERY_SECONDS and done < total:
                return
            drawn_at = now
            filled = _BAR * done // max(total, 1)
            figures = _("{done} of {total}").format(done=format_number(done), total=format_number(total))
            self._err.write(f"\r{title} [{'#' * filled}{'.' * (_BAR - filled)}] {figures} ")
            self._err.flush()
            self._bar_shown = True

        return show

    def _end_bar(self) -> None:
        if self._bar_shown:
            self._err.write("\n")
            self._bar_shown = False

    def close(self) -> None:
        """Ends the line of a bar."""
        self._end_bar()


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = ()) -> list[str]:
    """Lines of a table in columns; those in ``numbers`` stand to the right."""
    widths = [max(len(row[place]) for row in (headers, *rows)) for place in range(len(headers))]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            cell.rjust(width) if place in numbers else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()

    return [line(headers), "  ".join("-" * width for width in widths), *(line(row) for row in rows)]
