"""Entries found by their number. Before deploy; its SQL stands beside it."""  # noqa: INP001  # Alembic runs these by path; no package

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run the SQL as it stands, past everything that would read signs in it."""
    statements = Path(__file__).with_name("pre_0012_entries_by_number.sql").read_text("utf-8")
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise RuntimeError("there is no connection to migrate over")
    driver.execute(statements)
