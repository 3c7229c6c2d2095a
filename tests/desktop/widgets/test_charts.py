"""Charts: the figures beside the axis are written as everywhere else."""

import pytest

from muniadmin.desktop.widgets.charts import _short
from muniadmin.kernel.i18n import use_language


@pytest.mark.parametrize(
    ("step", "english", "french"),
    [
        (75_000, "75,000", "75\u00a0000"),
        (2_500_000, "2,500,000", "2\u00a0500\u00a0000"),
        (0.5, "0.5", "0,5"),
        (0.25, "0.25", "0,25"),
        (0, "0", "0"),
    ],
)
def test_steps_are_written_in_the_users_language(step: float, english: str, french: str) -> None:
    for code, shown in (("en", english), ("fr", french)):
        with use_language(code):
            assert _short(step) == shown
