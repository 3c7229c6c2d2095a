"""Checks of civil status: signed acts and the numbers of their registers."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from muniadmin.civil_status.models import Act, ActRegister, SignedAct
from muniadmin.civil_status.services import canonical_signed
from muniadmin.kernel.i18n import N_
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.commands import Finding
from muniadmin.verification.rows import Look, judged, streamed


def acts(reading: Reading, look: Look) -> Iterator[Finding]:
    """Each signed act says what it said when it was signed, and a register's numbers are 1..n without gap; what was
    signed is of an act that is signed; a closed register holds as many acts as were counted."""
    registers: dict[int, Any] = {
        one.id: one for one in streamed(reading, look, select(ActRegister.__table__).order_by(ActRegister.id))
    }
    last: dict[int, int] = {}

    def judge_act(row: Any) -> Iterator[Finding]:
        register = registers[row.register_id]
        about = f"{row.seq}/{register.year}"
        before, last[register.id] = last.get(register.id, 0), row.seq
        if row.seq != before + 1:
            yield Finding(
                check="acts",
                table="act",
                key=str(row.id),
                message=N_("{subject} ({about}): the register goes from {last} to {seq}."),
                facts={"about": about, "last": before, "seq": row.seq},
            )
        if row.canonical != canonical_signed(row, register):
            yield Finding(
                check="acts",
                table="act",
                key=str(row.id),
                message=N_("{subject} ({about}): it differs from what was signed."),
                facts={"about": about},
            )

    wanted = (
        select(*_act_columns(), SignedAct.canonical)
        .outerjoin(SignedAct, SignedAct.id == Act.id)
        .where(Act.signed_at.isnot(None))
        .order_by(Act.register_id, Act.seq)
    )
    yield from judged(reading, look, wanted, judge_act, check="acts", table="act")

    # The number of its act is not in what was signed, and another one could have been put in its place.
    astray = (
        select(SignedAct.id)
        .outerjoin(Act, Act.id == SignedAct.id)
        .where(Act.signed_at.is_(None))
        .order_by(SignedAct.id)
    )
    for (act_id,) in streamed(reading, look, astray):
        yield Finding(
            check="acts",
            table="signed_act",
            key=str(act_id),
            message=N_("{subject}: it is of an act that is not signed, or not there."),
        )

    signed = select(Act.register_id, func.count()).where(Act.signed_at.isnot(None)).group_by(Act.register_id)
    held = {row[0]: row[1] for row in streamed(reading, look, signed)}
    for register in registers.values():
        if register.act_count is not None and register.act_count != held.get(register.id, 0):
            yield Finding(
                check="acts",
                table="act_register",
                key=str(register.id),
                message=N_("{subject} ({about}): it was closed with {closed} acts and holds {held}."),
                facts={
                    "about": str(register.year),
                    "closed": register.act_count,
                    "held": held.get(register.id, 0),
                },
            )


def _act_columns() -> list[Any]:
    """All of an act, its key first."""
    return sorted(Act.__table__.columns, key=lambda column: column.name != "id")
