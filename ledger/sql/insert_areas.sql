-- What a file says of areas: each with its boundary, if it gives one.
INSERT INTO ledger_areaboundary (import_run_id, import_row, area_id, boundary)
SELECT %(run)s, n.row, a.id, n.boundary
FROM import_new n
LEFT JOIN ledger_agency g ON g.name = n.area_agency
JOIN ledger_area a ON a.kind = n.area_kind AND a.name = n.area_name AND a.agency_id IS NOT DISTINCT FROM g.id
ORDER BY n.row, n.part
