"""Alembic asks this file how to reach the database; `gongji.gateways.migrating` tells it."""  # noqa: INP001  # Alembic runs it by path; no package

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="gongji", transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
