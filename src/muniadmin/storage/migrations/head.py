"""The revision this program expects, and the one a database has; plain SQL, so that starting stays fast."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from muniadmin.storage.engine import Database

HEAD = max(path.stem for path in (Path(__file__).parent / "versions").glob("0*.py*")).split("_")[0]


def revision_of(database: Database) -> str | None:
    """The schema revision of an open database; None when it holds no schema of ours."""
    with database.connect_to_read() as connection:
        try:
            revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        except DBAPIError:
            return None
    return revision
