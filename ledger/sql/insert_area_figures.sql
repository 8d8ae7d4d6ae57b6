-- Figures about the people of areas.
INSERT INTO ledger_areafigure (
  import_run_id, import_row, area_id, client, measure, value, margin, source, year
)
SELECT %(run)s, n.row, a.id, coalesce(n.client, ''), n.measure, n.value, n.margin, coalesce(n.source, ''), n.year
FROM import_new n
JOIN ledger_area a ON a.agency_id IS NULL AND a.kind = n.area_kind AND a.name = n.area_name
ORDER BY n.row, n.part
