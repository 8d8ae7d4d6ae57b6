"""Taking files in: a source declares its columns, the reader and the cleaning find every error, the store keeps the rest.

    reader (csv, exact) → pieces → cleaning (pandas, whole columns; a crew for large files) → COPY → staging → SQL → ledger → facts

Nothing here imports pandas when it is imported: the web process lists sources and reads headers without it.
"""
