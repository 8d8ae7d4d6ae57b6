"""`script/bench`: a ledger of any size in a database of its own, measured beside DuckDB and pandas."""
