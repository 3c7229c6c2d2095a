"""The binding between Python and Qt counts references right: a release that did not aborted after an hour."""

import subprocess
import sys

MANY_VOID_CALLS = """
import sys
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

thing = QObject()
model = QStandardItemModel()
thing.setObjectName("warm up")
before = sys.getrefcount(None)
for number in range(20_000):
    thing.setObjectName("x")
    thing.blockSignals(False)
    model.setHorizontalHeaderLabels(["x"])
    if number % 100 == 0:
        model.appendRow(QStandardItem("x"))
print(sys.getrefcount(None) - before)
"""


def test_calls_that_return_nothing_leave_the_count_of_none_alone() -> None:
    """PySide6 6.12.0 on Python 3.11 took one reference to None a call, until the interpreter aborted."""
    done = subprocess.run(
        [sys.executable, "-c", MANY_VOID_CALLS], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert abs(int(done.stdout)) < 1_000
