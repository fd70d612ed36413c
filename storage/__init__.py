"""PostgreSQL: engine, the ledger's append, queries, migrations and stored bytes."""
