-- The digests of the new rows, so that the same rows add nothing the next time.
INSERT INTO ledger_importedkey (kind, agency_id, digest, occurrence, import_run_id)
SELECT %(kind)s, n.agency_id, n.digest, n.occurrence, %(run)s
FROM import_new n
ORDER BY n.agency_id, n.digest, n.occurrence
