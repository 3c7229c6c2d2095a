"""Where lists get their rows from: a file holds every row once, however many pages they take."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from muniadmin.desktop.widgets import row_source
from muniadmin.desktop.widgets.row_source import QuerySource, Summary, Window


@dataclass(frozen=True)
class Asked:
    """The rows behind one of them, or from the start."""

    after: int | None
    limit: int


@pytest.mark.parametrize("count", range(8))
def test_every_row_is_written_once_and_in_order(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(row_source, "_AT_ONCE", 3)
    asked: list[Asked] = []

    def page(window: Window) -> Asked:
        return Asked(window.anchor, window.limit)

    def answer(question: Asked) -> Sequence[int]:
        asked.append(question)
        first = 0 if question.after is None else question.after + 1
        return list(range(count))[first : first + question.limit]

    source: QuerySource[int] = QuerySource(
        lambda *_asked: None, page=page, summarise=lambda _all: Summary(count)
    )
    assert [row for rows in source.everything(answer, "", False) for row in rows] == list(range(count))
    assert all(one.limit == 3 for one in asked)
