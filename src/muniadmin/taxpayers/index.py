"""What the search box looks things up in, kept in step with the taxpayers' rows by the database itself.

``taxpayer_search`` finds any three letters in a row of a taxpayer's search text: a table of its own on SQLite, filled
by triggers (by one statement after rows came in bulk), an index on PostgreSQL. ``name_word`` holds the words of names,
forwards and backwards: a word with one wrong letter has its first or its second half right.
"""

from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from muniadmin.storage.base import Base, extra_ddl
from muniadmin.storage.bulk import insert_missing
from muniadmin.taxpayers.rules import name_words


def compared(length: int) -> String:
    """Text that is compared letter by letter on both engines, whatever language the server was set up for."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class NameWord(Base):
    """A word that occurs in names, where a mistyped word is looked up."""

    __tablename__ = "name_word"
    __table_args__ = (Index("ix_name_word_backwards", "backwards"),)

    word: Mapped[str] = mapped_column(compared(30), primary_key=True)
    backwards: Mapped[str] = mapped_column(compared(30))


_LEARN = "INSERT INTO taxpayer_search (rowid, search_text) VALUES (NEW.id, NEW.search_text);"
_ADDED = f"CREATE TRIGGER taxpayer_search_added AFTER INSERT ON taxpayer BEGIN {_LEARN} END"
_FORGET = (
    "INSERT INTO taxpayer_search (taxpayer_search, rowid, search_text) "
    "VALUES ('delete', OLD.id, OLD.search_text);"
)

extra_ddl(
    "taxpayer_search",
    sqlite="CREATE VIRTUAL TABLE taxpayer_search USING fts5"
    "(search_text, content='taxpayer', content_rowid='id', tokenize='trigram')",
    # Where the extension may not be created, an index of whole words finds the beginnings of words at least.
    postgresql="""DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX ix_taxpayer_search ON taxpayer USING gin (search_text gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
  CREATE INDEX ix_taxpayer_search ON taxpayer USING gin (to_tsvector('simple', search_text));
END $$""",
)
extra_ddl("taxpayer_search_added", sqlite=_ADDED)
extra_ddl(
    "taxpayer_search_changed",
    sqlite="CREATE TRIGGER taxpayer_search_changed AFTER UPDATE OF search_text ON taxpayer "
    f"WHEN OLD.search_text IS NOT NEW.search_text BEGIN {_FORGET} {_LEARN} END",
)
extra_ddl(
    "taxpayer_search_removed",
    sqlite=f"CREATE TRIGGER taxpayer_search_removed AFTER DELETE ON taxpayer BEGIN {_FORGET} END",
)


_INSIDE: "WeakKeyDictionary[Engine, bool]" = WeakKeyDictionary()


def finds_inside_words(connection: Connection) -> bool:
    """Whether this PostgreSQL has the index of three letters in a row, or only that of words."""
    known = _INSIDE.get(connection.engine)
    if known is None:
        definition = connection.scalar(
            text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_taxpayer_search'")
        )
        known = _INSIDE[connection.engine] = "gin_trgm_ops" in (definition or "")
    return known


def before_bulk(connection: Connection) -> None:
    """Puts the trigger aside: inside a statement of many rows it would cost ten times as much as the rows."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TRIGGER taxpayer_search_added")


def after_bulk(connection: Connection, from_id: int) -> None:
    """Indexes the rows that came in, and puts the trigger back; all within the transaction they came in."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "INSERT INTO taxpayer_search (rowid, search_text) SELECT id, search_text FROM taxpayer "
            "WHERE id >= ? AND id NOT IN (SELECT id FROM taxpayer_search_docsize WHERE id >= ?)",
            (from_id, from_id),
        )
        connection.exec_driver_sql(_ADDED)
    elif finds_inside_words(connection):
        # What came in waits in a list that every search would read through.
        connection.exec_driver_sql("SELECT gin_clean_pending_list('ix_taxpayer_search')")


def note_names(connection: Connection, *names: str) -> None:
    """Makes the words of these names findable with a slip; called whenever a name is saved."""
    _add_words(connection, name_words(*names))


def fill_search(connection: Connection, after_id: int = 0) -> None:
    """Does for the names of all taxpayers above an id at once what saving does for each: called after a bulk insert."""
    words: set[str] = set()
    rows = connection.execute(
        text("SELECT sort_name, name_arabic FROM taxpayer WHERE id > :after").execution_options(
            yield_per=5000
        ),
        {"after": after_id},
    )
    for name, name_arabic in rows:
        words |= name_words(name, name_arabic)
    _add_words(connection, words)


def _add_words(connection: Connection, words: set[str]) -> None:
    # In one order everywhere, so that two who add the same words wait for each other and not in a circle.
    rows = [(word, word[::-1]) for word in sorted(words)]
    insert_missing(connection, NameWord, ("word", "backwards"), rows)
