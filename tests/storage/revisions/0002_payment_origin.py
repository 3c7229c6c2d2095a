"""For tests only: a payment says where it was taken, and is of less than a million."""

import sqlalchemy as sa
from alembic import op

from muniadmin.storage.base import MoneyType, UtcType
from muniadmin.storage.migrations.rebuild import rebuild

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The table with a column and two conditions more."""
    if op.get_bind().dialect.name == "postgresql":
        op.add_column(
            "payment", sa.Column("origin", sa.String(length=10), nullable=False, server_default="desk")
        )
        op.create_check_constraint(op.f("ck_payment_origin_known"), "payment", "origin IN ('desk', 'bank')")
        op.create_check_constraint(op.f("ck_payment_amount_usual"), "payment", "amount < 100000000")
        return
    rebuild(
        "payment",
        sa.Column("id", BigInt, nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("point", BigInt, nullable=False),
        sa.Column("cash_session_id", BigInt, nullable=True),
        sa.Column("payer", sa.String(length=160), nullable=False),
        sa.Column("rest_account_id", BigInt, nullable=True),
        sa.Column("amount", MoneyType(), nullable=False),
        sa.Column("taken_at", UtcType(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("event_id", BigInt, nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False, server_default="desk"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount_positive")),
        sa.CheckConstraint("amount < 100000000", name=op.f("ck_payment_amount_usual")),
        sa.CheckConstraint("origin IN ('desk', 'bank')", name=op.f("ck_payment_origin_known")),
        sa.CheckConstraint("value_on <= booked_on", name=op.f("ck_payment_value_not_after_booking")),
        sa.ForeignKeyConstraint(
            ["cash_session_id"], ["cash_session.id"], name=op.f("fk_payment_cash_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name=op.f("fk_payment_event_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["point"], ["point.number"], name=op.f("fk_payment_point")),
        sa.ForeignKeyConstraint(["rest_account_id"], ["account.id"], name=op.f("fk_payment_rest_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("request_id", name=op.f("uq_payment_request_id")),
    )
