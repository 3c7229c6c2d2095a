"""What stands at a place of a chain: what anchors and workstations remember is compared with it."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, literal, select, union_all

from muniadmin.anchors.models import Anchor
from muniadmin.anchors.rules import ANCHORS
from muniadmin.civil_status.models import SignedAct
from muniadmin.storage.events import Event

CHAINED = (Event, SignedAct)
"""The tables whose rows are chained."""
_ROWS = union_all(
    *(select(model.chain, model.chain_seq, model.digest) for model in CHAINED),
    select(literal(ANCHORS).label("chain"), Anchor.number.label("chain_seq"), Anchor.digest),
).subquery()
_AT = select(_ROWS.c.chain_seq, _ROWS.c.digest).where(
    _ROWS.c.chain == bindparam("of_chain"), _ROWS.c.chain_seq.in_(bindparam("seqs", expanding=True))
)
#: The largest place that a column holds.
_MOST = 2**63 - 1


def digest_at(connection: Connection, chain: str, seq: int) -> str | None:
    """The digest of row ``seq`` of ``chain``; None where there is none. Anchors count as a chain of their own."""
    return digests_at(connection, chain, [seq]).get(seq)


def digests_at(connection: Connection, chain: str, seqs: Collection[int]) -> dict[int, str]:
    """The digests of several rows of ``chain``, by their places; of rows that are not there, none."""
    wanted = [seq for seq in seqs if 0 < seq <= _MOST]
    found = connection.execute(_AT, {"of_chain": chain, "seqs": wanted})
    return {seq: digest for seq, digest in found}  # noqa: C416
