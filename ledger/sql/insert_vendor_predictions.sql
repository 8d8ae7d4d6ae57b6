-- Predictions at places.
INSERT INTO ledger_vendorprediction (
  import_run_id, import_row, client, label, kind, latitude, longitude, area_id, predicted_on, count
)
SELECT %(run)s, n.row, n.client, coalesce(n.label, ''), coalesce(n.kind, ''), n.latitude, n.longitude, a.id,
       n.predicted_on, coalesce(n.count, 1)
FROM import_new n
LEFT JOIN ledger_area a ON a.agency_id IS NULL AND a.kind = n.area_kind AND a.name = n.area_name
ORDER BY n.row, n.part
