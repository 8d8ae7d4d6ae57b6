"""How fast the questions are answered, beside DuckDB and pandas on the same rows. Run by `script/bench`."""
