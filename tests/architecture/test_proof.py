"""Every table says how it is proved, and the database holds to it."""

from muniadmin import bootstrap  # noqa: F401 - every slice says so of its own tables
from muniadmin.storage.base import PROTECTIONS, Base
from muniadmin.storage.events import EventLine, Fact
from muniadmin.storage.proof import DECLARED, Proof
from muniadmin.verification.digests import CHAINED

OURS = [
    mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__module__.startswith("muniadmin.")
]


def test_every_table_is_declared() -> None:
    assert {model.__tablename__ for model in OURS} - DECLARED.keys() == set()


def test_what_is_written_once_names_its_event_and_nothing_else_does() -> None:
    facts = {str(mapper.local_table) for mapper in Base.registry.mappers if issubclass(mapper.class_, Fact)}
    assert facts == {name for name, one in DECLARED.items() if one.proof is Proof.APPEND_ONLY}


def test_every_chained_table_is_verified_as_a_chain() -> None:
    declared = {name for name, one in DECLARED.items() if one.proof is Proof.CHAINED}
    assert declared == {model.__tablename__ for model in CHAINED}


def test_the_database_refuses_changes_of_what_is_written_once() -> None:
    guarded = {table for name, table in PROTECTIONS.items() if name == f"{table}_no_update"}
    once = {name for name, one in DECLARED.items() if one.proof in (Proof.APPEND_ONLY, Proof.CHAINED)}
    assert guarded == once | {EventLine.__tablename__}


def test_columns_that_are_told_by_digest_or_not_at_all_exist() -> None:
    columns = {model.__tablename__: set(model.__table__.columns.keys()) for model in OURS}
    for name, one in DECLARED.items():
        assert one.by_digest | one.beside <= columns.get(name, one.by_digest | one.beside), name


def test_a_cache_and_what_is_not_proved_say_why() -> None:
    unsaid = [
        name for name, one in DECLARED.items() if one.proof in (Proof.CACHE, Proof.EPHEMERAL) and not one.why
    ]
    assert unsaid == []
