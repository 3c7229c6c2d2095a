"""The triggers that keep ``charge_now``, ``bill_now`` and ``account_now``: what is left of each charge and bill, and
what each account owes and holds. They run once a row on SQLite and once a statement on PostgreSQL, where a roll's
thousand charges arrive together; both say the same, and ``verify`` recomputes what they keep.
"""

from muniadmin.storage.base import extra_ddl

# The day of the oldest instalment that is open, its penalty included (which has no due day of its own); once all is
# settled that of the last one.
_DUE_ON = """coalesce(
    (SELECT min(due.due_on) FROM charge_now open
     JOIN charge ON charge.id = open.charge_id
     JOIN charge_now due ON due.charge_id = coalesce(charge.on_charge_id, charge.id)
     WHERE open.bill_id = bill_now.bill_id AND open.closed_on IS NULL),
    (SELECT max(due_on) FROM charge_now WHERE charge_now.bill_id = bill_now.bill_id AND kind <> 'penalty'))"""


def _on_insert(table: str, *, sqlite: str, postgresql: str) -> None:
    """After rows were added to ``table``: ``NEW`` on SQLite, the table ``added`` on PostgreSQL."""
    name = f"{table}_counted"
    extra_ddl(f"{name}_function", postgresql=(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {postgresql} RETURN NULL; "
        "END $$"
    ))  # fmt: skip
    extra_ddl(
        name,
        sqlite=f"CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN {sqlite} END",
        postgresql=f"CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    )


_on_insert(
    "charge",
    sqlite=f"""
    INSERT INTO charge_now (charge_id, bill_id, account_id, head_code, kind, due_on, amount, settled, written_off)
    VALUES (NEW.id, NEW.bill_id, NEW.account_id, NEW.head_code, NEW.kind, NEW.due_on, NEW.amount, 0, 0);
    INSERT INTO bill_now (bill_id, amount, settled, due_on) VALUES (NEW.bill_id, NEW.amount, 0, NEW.due_on)
    ON CONFLICT (bill_id) DO UPDATE SET amount = amount + excluded.amount, due_on = {_DUE_ON};
    INSERT INTO account_now (account_id, owed, credit) VALUES (NEW.account_id, NEW.amount, 0)
    ON CONFLICT (account_id) DO UPDATE SET owed = owed + excluded.owed;
    """,
    postgresql=f"""
    INSERT INTO charge_now (charge_id, bill_id, account_id, head_code, kind, due_on, amount, settled, written_off)
    SELECT id, bill_id, account_id, head_code, kind, due_on, amount, 0, 0 FROM added;
    INSERT INTO bill_now (bill_id, amount, settled, due_on)
    SELECT bill_id, sum(amount), 0, min(due_on) FROM added GROUP BY bill_id ORDER BY bill_id
    ON CONFLICT (bill_id) DO UPDATE SET amount = bill_now.amount + excluded.amount, due_on = {_DUE_ON};
    INSERT INTO account_now (account_id, owed, credit)
    SELECT account_id, sum(amount), 0 FROM added GROUP BY account_id ORDER BY account_id
    ON CONFLICT (account_id) DO UPDATE SET owed = account_now.owed + excluded.owed;
    """,
)

_on_insert(
    "settlement",
    sqlite=f"""
    UPDATE charge_now SET
        settled = settled + NEW.amount,
        written_off = written_off + CASE WHEN EXISTS
            (SELECT 1 FROM decision WHERE id = NEW.decision_id AND kind = 'write_off') THEN NEW.amount ELSE 0 END,
        closed_on = CASE WHEN settled + NEW.amount = amount THEN NEW.booked_on END
    WHERE charge_id = NEW.charge_id;
    UPDATE bill_now SET settled = settled + NEW.amount, due_on = {_DUE_ON}
    WHERE bill_id = (SELECT bill_id FROM charge WHERE id = NEW.charge_id);
    UPDATE account_now SET owed = owed - NEW.amount
    WHERE account_id = (SELECT account_id FROM charge WHERE id = NEW.charge_id);
    """,
    postgresql=f"""
    UPDATE charge_now AS n SET
        settled = n.settled + s.amount,
        written_off = n.written_off + s.written_off,
        closed_on = CASE WHEN n.settled + s.amount = n.amount THEN s.booked_on END
    FROM (
        SELECT a.charge_id, sum(a.amount) AS amount, max(a.booked_on) AS booked_on,
            sum(CASE WHEN d.kind = 'write_off' THEN a.amount ELSE 0 END) AS written_off
        FROM added a LEFT JOIN decision d ON d.id = a.decision_id GROUP BY a.charge_id
    ) AS s WHERE n.charge_id = s.charge_id;
    UPDATE bill_now SET settled = settled + s.amount, due_on = {_DUE_ON}
    FROM (
        SELECT c.bill_id AS of_bill, sum(a.amount) AS amount FROM added a JOIN charge c ON c.id = a.charge_id
        GROUP BY c.bill_id
    ) AS s WHERE bill_now.bill_id = s.of_bill;
    UPDATE account_now AS n SET owed = n.owed - s.amount
    FROM (
        SELECT c.account_id, sum(a.amount) AS amount FROM added a JOIN charge c ON c.id = a.charge_id
        GROUP BY c.account_id
    ) AS s WHERE n.account_id = s.account_id;
    """,
)

_on_insert(
    "credit",
    sqlite="""
    INSERT INTO account_now (account_id, owed, credit) VALUES (NEW.account_id, 0, NEW.amount)
    ON CONFLICT (account_id) DO UPDATE SET credit = credit + excluded.credit;
    """,
    postgresql="""
    INSERT INTO account_now (account_id, owed, credit)
    SELECT account_id, 0, sum(amount) FROM added GROUP BY account_id ORDER BY account_id
    ON CONFLICT (account_id) DO UPDATE SET credit = account_now.credit + excluded.credit;
    """,
)

_on_insert(
    "credit_move",
    sqlite="""
    UPDATE account_now SET credit = credit - NEW.amount
    WHERE account_id = (SELECT account_id FROM credit WHERE id = NEW.credit_id);
    """,
    postgresql="""
    UPDATE account_now AS n SET credit = n.credit - s.amount
    FROM (
        SELECT c.account_id, sum(a.amount) AS amount FROM added a JOIN credit c ON c.id = a.credit_id
        GROUP BY c.account_id
    ) AS s WHERE n.account_id = s.account_id;
    """,
)

_on_insert(
    "term",
    sqlite=f"""
    UPDATE charge_now SET due_on = NEW.due_on WHERE charge_id = NEW.charge_id;
    UPDATE bill_now SET due_on = {_DUE_ON}
    WHERE bill_id = (SELECT bill_id FROM charge WHERE id = NEW.charge_id);
    """,
    postgresql=f"""
    UPDATE charge_now AS n SET due_on = a.due_on
    FROM (SELECT DISTINCT ON (charge_id) charge_id, due_on FROM added ORDER BY charge_id, id DESC) AS a
    WHERE n.charge_id = a.charge_id;
    UPDATE bill_now SET due_on = {_DUE_ON}
    WHERE bill_id IN (SELECT c.bill_id FROM added a JOIN charge c ON c.id = a.charge_id);
    """,
)
