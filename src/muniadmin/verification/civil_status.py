"""Checks of civil status: signed acts and the numbers of their registers."""

from collections.abc import Iterator

from sqlalchemy import select

from muniadmin.civil_status.models import Act, ActRegister, SignedAct
from muniadmin.civil_status.services import canonical_signed
from muniadmin.kernel.i18n import N_
from muniadmin.storage.unit_of_work import Reading
from muniadmin.verification.chains import Count
from muniadmin.verification.commands import Finding

_BATCH = 1_000


def acts(reading: Reading, count: Count) -> Iterator[Finding]:
    """Each signed act says what it said when it was signed, and a register's numbers are 1..n without gap; a closed
    register holds as many acts as were counted."""
    registers = list(reading.session.scalars(select(ActRegister).order_by(ActRegister.id)))
    for register in registers:
        last = 0
        wanted = (
            select(Act, SignedAct.canonical)
            .outerjoin(SignedAct, SignedAct.act_id == Act.id)
            .where(Act.register_id == register.id, Act.signed_at.isnot(None))
            .order_by(Act.seq)
            .execution_options(yield_per=_BATCH)
        )
        for act, canonical in reading.session.execute(wanted):
            count()
            subject = f"act {act.id}"
            about = f"{act.seq}/{register.year}"
            if act.seq != last + 1:
                yield Finding(
                    check="acts",
                    subject=subject,
                    message=N_("{subject} ({about}): the register goes from {last} to {seq}."),
                    facts={"about": about, "last": last, "seq": act.seq},
                )
            if canonical != canonical_signed(act, register):
                yield Finding(
                    check="acts",
                    subject=subject,
                    message=N_("{subject} ({about}): it differs from what was signed."),
                    facts={"about": about},
                )
            last = act.seq or last
            reading.session.expunge(act)
        if register.act_count is not None and register.act_count != last:
            yield Finding(
                check="acts",
                subject=f"act_register {register.id}",
                message=N_("{subject} ({about}): it was closed with {closed} acts and holds {held}."),
                facts={"about": str(register.year), "closed": register.act_count, "held": last},
            )
