"""Writes a long file of receipts and prints the most memory it took, in KiB: a process of its own, started by
receipts.py, with nothing loaded but what writing needs.

    python -m bench.long_file FILE COUNT
"""

import sys
from pathlib import Path

from muniadmin.collection.names import TAKE_PAYMENTS, VIEW_COLLECTION
from muniadmin.documents.drawing import draw_many
from muniadmin.documents.papers import Paper, register_papers
from muniadmin.documents.sheets import ReceiptSheet
from tests.documents.samples import a_receipt

RECEIPT = Paper(
    sheet=ReceiptSheet,
    view=VIEW_COLLECTION,
    print=TAKE_PAYMENTS,
    draw="muniadmin.documents.receipt:draw_receipt_a5",
)


def most_memory() -> int:
    """KiB. Not what getrusage tells: that begins with what the starting process had."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise OSError("this system does not tell")


if __name__ == "__main__":
    register_papers([RECEIPT])
    one = a_receipt("fr")
    draw_many((one for _ in range(int(sys.argv[2]))), Path(sys.argv[1]), title="Receipts")
    print(most_memory())
