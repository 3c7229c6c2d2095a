"""The benchmark tells the truth about its rounds, and the two goals the kernel is built for are held."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from bench import payments, startup
from bench.__main__ import main, table, write
from bench.measuring import Result, Rounds, alternate, at_least, at_most

# The benchmark on a quiet machine is the judge; who else works on a shared one, and how long its disk takes to write,
# move a ratio by a third. The tests only catch a collapse.
SLACK = 0.35


def test_what_counts_is_the_median_of_the_pairs() -> None:
    rounds = Rounds(ours=[100.0, 50.0, 90.0], theirs=[100.0, 100.0, 100.0])
    result = rounds.result("x", "y", "rows/s", goal=at_least(0.9), checked="")
    assert result.ratio == 0.9
    assert result.met
    assert not rounds.result("x", "y", "rows/s", goal=at_least(0.91), checked="").met
    assert rounds.result("x", "y", "ms", goal=at_most(0.9), checked="").met
    assert rounds.result("x", "y", "ms", goal=None, checked="").met is None


def test_both_take_turns_at_being_first_and_the_warm_up_is_not_counted() -> None:
    order: list[str] = []

    def called(name: str, figure: float) -> float:
        order.append(name)
        return figure

    found = alternate(4, lambda _n: called("ours", 1.0), lambda _n: called("theirs", 2.0), warm_up=1)
    assert "".join(name[0] for name in order) == "ottoottoot"
    assert (found.ours, found.theirs) == ([1.0] * 4, [2.0] * 4)


def test_the_table_and_the_figures_say_what_was_measured(tmp_path: Path) -> None:
    result = Result(
        "posting", "bare driver", "tx/s", 1234.5, 2000.0, (0.5, 0.62, 0.7), at_least(0.6), "3 kept"
    )
    shown = table([result])
    for fact in (
        "posting",
        "1,234 tx/s",
        "2,000 (bare driver)",
        "0.620 (0.500–0.700)",
        "≥ 0.6",
        "yes",
        "3 kept",
    ):
        assert fact in shown
    write([result], tmp_path / "deep" / "results.json", full=False)
    (read,) = json.loads((tmp_path / "deep" / "results.json").read_text(encoding="utf-8"))["results"]
    assert (read["ratio"], read["ratios"], read["met"]) == (0.62, [0.5, 0.62, 0.7], True)


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["paiments"])
    assert ended.value.code == 2
    assert "paiments" in capsys.readouterr().err


@pytest.mark.slow
def test_a_payment_costs_little_more_than_its_statements() -> None:
    with closing(payments.run(full=False)) as results:
        rate, statements = next(results), next(results)
    assert rate.goal is not None
    assert rate.ratio >= rate.goal.limit * (1 - SLACK), rate
    assert statements.met, statements


@pytest.mark.slow
def test_the_window_comes_up_as_fast_as_a_bare_one() -> None:
    late = [
        result
        for result in startup.run(full=False)
        if result.goal is not None and result.ratio > result.goal.limit * (1 + SLACK)
    ]
    assert late == []
