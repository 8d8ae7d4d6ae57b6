-- The boundaries that come with figures.
INSERT INTO ledger_areaboundary (import_run_id, import_row, area_id, boundary)
SELECT %(run)s, n.row, a.id, n.boundary
FROM import_new n
JOIN ledger_area a ON a.agency_id IS NULL AND a.kind = n.area_kind AND a.name = n.area_name
WHERE n.boundary IS NOT NULL
ORDER BY n.row, n.part
