"""Starting: how long until the window is painted, and until one can sign in, against a window of bare Qt."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import towns
from bench.measuring import Result, Rounds, at_most, folder_on_disk, say

ROUNDS = 7
WARM_UP = 1
#: At the first picture.
MEMORY_LIMIT_MIB = 75.0


def run(full: bool) -> Iterator[Result]:
    """The first picture, the moment a typed letter shows, the open database, and the memory at the first picture."""
    say("startup: the window and a bare one")
    with folder_on_disk() as folder, towns.town("sqlite", folder) as address:
        _remember(folder, address)
        painted, processor, typed, opened, memory = Rounds(), Rounds(), Rounds(), Rounds(), Rounds()
        for number in range(WARM_UP + (3 * ROUNDS if full else ROUNDS)):
            if number % 2:
                bare, ours = _start(folder, "bare"), _start(folder, "program")
            else:
                ours, bare = _start(folder, "program"), _start(folder, "bare")
            if number >= WARM_UP:
                painted.add(ours["painted"], bare["painted"])
                processor.add(ours["processor"], bare["processor"])
                typed.add(ours["typed"], bare["typed"])
                opened.add(ours["opened"], bare["painted"])
                memory.add(ours["memory"], MEMORY_LIMIT_MIB)
    checked = "every window was painted and took a letter, every database opened"
    yield painted.result("start, first picture", "bare Qt form", "ms", goal=at_most(1.3), checked=checked)
    yield processor.result(
        "start, first picture, processor time", "bare Qt form", "ms", goal=None, checked=checked
    )
    yield typed.result("start, one can sign in", "bare Qt form", "ms", goal=at_most(2.5), checked=checked)
    yield opened.result(
        "start, database open", "first picture of the bare form", "ms", goal=None, checked=checked
    )
    yield memory.result("start, memory at first picture", "limit", "MiB", goal=at_most(1.0), checked=checked)


def _remember(home: Path, address: str) -> None:
    """What the program's own settings file holds after its first run."""
    settings = home / "MuniAdmin" / "MuniAdmin.ini"
    settings.parent.mkdir()
    settings.write_text(f"[database]\nurl={address}\nname=Ville de Fès\n", encoding="utf-8")


def _start(home: Path, what: str) -> dict[str, float]:
    """Milliseconds from the start of the process to each thing it told, and its memory in MiB."""
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }  # an installed program has its bytecode; the rounds that warm up write it
    environment |= {
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        **{f"XDG_{name}": str(home) for name in ("CONFIG_HOME", "DATA_HOME", "RUNTIME_DIR", "STATE_HOME")},
    }
    wanted = {"painted", "typed"} | ({"opened"} if what == "program" else set())
    found: dict[str, float] = {}
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bench.first_paint", what], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            name, *sizes = line.split()
            found[name] = (time.perf_counter() - begun) * 1000
            if sizes:
                found["memory"], found["processor"] = int(sizes[0]) / 1024, float(sizes[1])
    if process.returncode or not wanted <= found.keys():
        raise AssertionError(f"{what}: of {sorted(wanted)} there came only {sorted(found)}")
    return found
