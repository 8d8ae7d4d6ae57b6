-- Places that predictions should not point at.
INSERT INTO ledger_sensitiveplace (import_run_id, import_row, name, kind, latitude, longitude)
SELECT %(run)s, n.row, n.name, n.kind, n.latitude, n.longitude
FROM import_new n
ORDER BY n.row, n.part
