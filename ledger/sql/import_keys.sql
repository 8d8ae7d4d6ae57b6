-- The digests of the new rows, so that the same rows add nothing the next time.
INSERT INTO ledger_importkey (agency_id, digest, occurrence, import_run_id, stop_id)
SELECT n.agency_id, n.digest, n.occurrence, %s, n.stop_id
FROM import_new n
ORDER BY n.agency_id, n.digest, n.occurrence
