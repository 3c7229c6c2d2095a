"""A desk with a real window: the program under Xvfb with a window manager, used through XTest as a person would.

Nothing here sets the focus, presses a button by itself or calls into the program: keys go in, what is seen comes out.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any

from PIL import ImageGrab
from Xlib import X
from Xlib.display import Display

from muniadmin.kernel.permissions import Role
from tests.towns import PASSWORD, user_name

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("Xvfb", "openbox", "xdotool", "setxkbmap")

#: Seconds after which what is waited for will not come, however busy the machine.
PATIENCE = 60.0
#: Milliseconds between two letters of somebody who types fast. (xdotool waits for half of what it is told.)
PERSON = 140
#: Milliseconds before each press and release of a scanner. The X server itself counts them off, so that a busy machine
#: does not hold up a scan between two of its keys: a real scanner's keys have the times at which they were pressed.
_SCANNER = 2

#: Where the letters of a scanner that is set to the US keyboard lie: the key's number on every PC (XKB, evdev).
US_KEYS = {"`": 49, "\\": 51, " ": 65} | {
    char: first + place
    for first, keys in {10: "1234567890-=", 24: "qwertyuiop[]", 38: "asdfghjkl;'", 52: "zxcvbnm,./"}.items()
    for place, char in enumerate(keys)
}
_SHIFTED = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./", strict=True))
_SHIFT, _CONTROL, ENTER, TAB = 50, 37, 36, 23


@dataclass(frozen=True)
class Focus:
    """What has the keyboard."""

    name: str
    kind: str
    text: str
    selected: str
    cursor: int
    seen: bool


def missing_tools() -> list[str]:
    """What is not installed here."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


@contextmanager
def virtual_screen(size: str = "1366x768") -> Iterator[str]:
    """An X server of our own with a window manager; its name, as in DISPLAY."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        display = f":{answer.readline().strip()}"
    manager = subprocess.Popen(
        ["openbox", "--sm-disable"],
        env={**os.environ, "DISPLAY": display},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield display
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait(30)


class Desk:
    """One workstation: its window, its keyboard and its scanner."""

    def __init__(
        self, display: str, database: str, folder: Path, *, language: str = "en", theme: str = "light"
    ) -> None:
        self._display = display
        self._scanner = Display(display)
        #: Keys pressed so far: all but letters typed into a field and the scanner's own.
        self.keys = 0
        self._log = (folder / "program.log").open("w+")
        environment = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(folder),
            **{
                f"XDG_{name}": str(folder)
                for name in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME")
            },
        }
        self._program = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.window.program", "--database", database),
                *("--language", language, "--theme", theme),
            ],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.settle()

    # --- what a person does -----------------------------------------------------------------------------------

    def sign_in(self, role: Role) -> None:
        """Types who they are; the cursor waits in the first field."""
        self._letters(user_name(role), 4)
        self.press("Tab")
        self.password()
        self.wait(lambda: "User name" not in self.seen() and self.quiet(), "the frame")
        self.settle()
        self.keys = 0

    def password(self) -> None:
        """Types everybody's password, and Enter."""
        self._letters(PASSWORD, 4)
        self.press("Return")

    def press(self, *keys: str) -> None:
        """Presses keys by their names (``Return``, ``ctrl+n``) and waits for what comes of each."""
        for key in keys:
            self.keys += 1
            self._xdotool("key", "--delay", "12", key)
            self.settle()

    def at_once(self, *keys: str, wait: bool = True) -> None:
        """Presses keys one after the other without waiting for what comes of each; ``wait``: for what comes of all."""
        self.keys += len(keys)
        self._xdotool("key", "--delay", "12", *keys)
        if wait:
            self.settle()

    def type(self, text: str) -> None:
        """Types letters with the pace of a person."""
        self._letters(text, PERSON)
        self.settle()

    def scan(self, text: str, end: int = ENTER, *, wait: bool = True) -> None:
        """The scanner, set to the US keyboard as delivered, sends a text: as positions of keys, whatever the computer
        makes of them."""
        for key, way in [*chain.from_iterable(map(_struck, text)), (end, X.KeyPress), (end, X.KeyRelease)]:
            self._scanner.xtest_fake_input(way, key, time=_SCANNER)
        self._scanner.sync()
        if wait:
            self.settle()
            # Whoever scans looks at what came of it.
            time.sleep(0.4)

    def layout(self, *names: str) -> None:
        """Sets the computer's keyboard, e.g. ``fr``, or ``latam``."""
        subprocess.run(["setxkbmap", *names], check=True, env=self._screen, timeout=PATIENCE)
        time.sleep(0.5)

    # --- what a person sees -----------------------------------------------------------------------------------

    def seen(self) -> str:
        """All that can be read on the screen, the window in front first, hard blanks made plain."""
        return " | ".join(text for window in self.windows() for text in window["texts"])

    def in_front(self) -> str:
        """All that can be read in the window in front."""
        return " | ".join(self.windows()[0]["texts"])

    def windows(self) -> list[dict[str, Any]]:
        """What lies on the screen, the window in front first: title, modal, place, texts."""
        found: list[dict[str, Any]] = self._ask("seen")
        for window in found:
            window["texts"] = [text.replace("\u202f", " ").replace("\u00a0", " ") for text in window["texts"]]
        return found

    def focus(self) -> Focus:
        """What has the keyboard."""
        return Focus(**self._ask("focus"))

    def see(self, text: str) -> None:
        """Waits until a text can be read."""
        self.wait(lambda: text in self.seen(), f"“{text}”")

    def see_no(self, text: str) -> None:
        """Waits until a text is gone."""
        self.wait(lambda: text not in self.seen(), f"no “{text}”")

    def quiet(self) -> bool:
        """Whether every question is answered and nothing is under way."""
        return bool(self._ask("quiet"))

    def settle(self) -> None:
        """Waits until nothing is under way, and what came of it neither."""
        self.wait(lambda: self.quiet() and self._is_still(), "rest")

    def wait(self, comes: Callable[[], bool], what: str) -> None:
        """Waits for something; a test whose wait is in vain has failed."""
        end = time.monotonic() + PATIENCE
        while not comes():
            assert time.monotonic() < end, f"waited for {what}; seen: {self.seen()}"
            time.sleep(0.03)

    def picture(self, file: Path) -> None:
        """Keeps what is on the screen."""
        file.parent.mkdir(parents=True, exist_ok=True)
        ImageGrab.grab(xdisplay=self._display).save(file)

    def close(self) -> str:
        """Ends the program; what it wrote on its error output."""
        self._program.terminate()
        self._program.wait(PATIENCE)
        self._scanner.close()
        self._log.seek(0)
        written = self._log.read()
        self._log.close()
        return written

    # --- inside -----------------------------------------------------------------------------------------------

    @property
    def _screen(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self._display}

    def _is_still(self) -> bool:
        # Held letters are let go after a moment without another one.
        time.sleep(0.08)
        return self.quiet()

    def _letters(self, text: str, pace: int) -> None:
        self._xdotool("type", "--delay", str(pace), "--", text)

    def _xdotool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], check=True, env=self._screen, timeout=PATIENCE)

    def _ask(self, question: str) -> Any:
        asking, answering = _pipes(self._program)
        try:
            asking.write(f"{question}\n")
            asking.flush()
            return json.loads(answering.readline())
        except (OSError, ValueError) as problem:
            self._log.seek(0)
            raise AssertionError(f"the program is gone: {self._log.read()}") from problem


def _pipes(program: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    assert program.stdin is not None
    assert program.stdout is not None
    return program.stdin, program.stdout


def _struck(char: str) -> list[tuple[int, int]]:
    """How a letter is struck on the US keyboard: keys by their places, pressed and released."""
    held: int | None = None
    if char < " ":
        held, key = _CONTROL, US_KEYS[chr(ord(char) + 96)]
    elif char in _SHIFTED or char.isupper():
        held, key = _SHIFT, US_KEYS[_SHIFTED.get(char, char.lower())]
    else:
        key = US_KEYS[char]
    keys = [(key, X.KeyPress), (key, X.KeyRelease)]
    return keys if held is None else [(held, X.KeyPress), *keys, (held, X.KeyRelease)]
