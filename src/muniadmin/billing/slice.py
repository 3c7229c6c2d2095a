"""What the slice of debts brings."""

import muniadmin.billing.triggers  # noqa: F401 - the triggers of the tables, made with them
from muniadmin.billing.handlers import HANDLERS, QUERIES
from muniadmin.billing.names import (
    BILL_NUMBER,
    DECISION_NUMBER,
    EDIT_TARIFFS,
    ISSUE_BILLS,
    STATEMENT_NUMBER,
    VIEW_BILLS,
)
from muniadmin.billing.services import HeadSpec, install_heads
from muniadmin.billing.sheets import AccountStatementSheet
from muniadmin.documents.papers import Paper
from muniadmin.kernel.i18n import N_
from muniadmin.settings.profile import Profile, RevenueHeadSpec
from muniadmin.slices import Slice
from muniadmin.storage.unit_of_work import UnitOfWork


def _install(uow: UnitOfWork, profile: Profile) -> None:
    install_heads(uow, [_head_spec(head) for head in profile.heads])


def _head_spec(head: RevenueHeadSpec) -> HeadSpec:
    return HeadSpec(
        code=head.code,
        names=head.names,
        kind=head.kind,
        periodicity=head.periodicity,
        object_kind=head.object_kind,
        due_rule={
            "notice_days": head.due.notice_days,
            "instalments": [
                {"months": one.months, "day": one.day, "days": one.days, "share": one.share}
                for one in head.due.instalments
            ],
        },
        penalty_rule=head.penalty.document if head.penalty is not None else {},
    )


SLICE = Slice(
    name="billing",
    proof="muniadmin.billing.proof",
    handlers=HANDLERS,
    queries=QUERIES,
    events={
        "billing:debt:decided": N_("Debt reduced, moved or suspended"),
        "billing:rule:changed": N_("Penalty rule changed"),
        "billing:totals:rebuilt": N_("Totals by day added up again"),
        "billing:statement:issued": N_("Statement of account issued"),
    },
    permissions=(VIEW_BILLS, ISSUE_BILLS, EDIT_TARIFFS),
    numbers=(BILL_NUMBER, DECISION_NUMBER, STATEMENT_NUMBER),
    papers=(
        Paper(
            sheet=AccountStatementSheet,
            view=VIEW_BILLS,
            print=VIEW_BILLS,
            draw="muniadmin.billing.statement_paper:draw_statement",
        ),
    ),
    install=_install,
)
