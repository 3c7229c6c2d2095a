"""``python -m bench [NAME ...] [--full] [--json FILE]``: measures, prints one table, writes the figures."""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from bench.measuring import OUT, Result, cores, say

# In the order of the table; each module has ``run(full) -> Iterator[Result]``.
BENCHMARKS = (
    "payments",
    "bank_files",
    "desks",
    "beside",
    "startup",
    "search",
    "papers",
    "lists",
    "pages",
    "debts",
    "imports",
    "chains",
    "verify",
)

_HEADINGS = ("benchmark", "ours", "yardstick", "ratio (min–max)", "goal", "met")


def main(arguments: Sequence[str]) -> int:
    """Runs the named benchmarks, or all. 0 unless one of them stored something wrong: then it raises."""
    options = _options(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="muni-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # the PostgreSQL of the benchmark asks for one
        for name in options.names or BENCHMARKS:
            start = time.perf_counter()
            results += import_module(f"bench.{name}").run(options.full)
            say(f"{name}: {time.perf_counter() - start:.0f} s")
    print(table(results))
    write(results, options.json, full=options.full)
    say(f"figures: {options.json}")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./test bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which to run: {', '.join(BENCHMARKS)}")
    parser.add_argument("--full", action="store_true", help="the large sizes, which take a long while")
    parser.add_argument(
        "--json", type=Path, default=OUT / "results.json", metavar="FILE", help="where the figures go"
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are: {', '.join(BENCHMARKS)}")
    return options


def table(results: Sequence[Result]) -> str:
    """The results as aligned columns, what was checked below each."""
    rows = [_HEADINGS, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    checks = [f"  {result.benchmark}: {result.checked}." for result in results]
    return "\n".join([*lines, "", "Checked:", *checks])


def _row(result: Result) -> tuple[str, ...]:
    low, high = min(result.ratios), max(result.ratios)
    return (
        result.benchmark,
        f"{figure(result.ours)} {result.unit}",
        f"{figure(result.theirs)} ({result.yardstick})",
        f"{figure(result.ratio)} ({figure(low)}–{figure(high)})",
        str(result.goal or "–"),
        {True: "yes", False: "NO", None: "–"}[result.met],
    )


def figure(value: float) -> str:
    """Three digits, and never an exponent: ``1,234``, ``12.3``, ``0.712``."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def write(results: Sequence[Result], path: Path, *, full: bool) -> None:
    """The figures as JSON, every round's ratio included."""
    document = {
        "full": full,
        "machine": {
            "processors": cores(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "results": [
            {
                "benchmark": result.benchmark,
                "unit": result.unit,
                "ours": result.ours,
                "yardstick": result.yardstick,
                "theirs": result.theirs,
                "ratio": result.ratio,
                "ratios": result.ratios,
                "goal": str(result.goal) if result.goal else None,
                "met": result.met,
                "checked": result.checked,
            }
            for result in results
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
