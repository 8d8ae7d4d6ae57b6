-- The new rows as first versions of stops.
INSERT INTO ledger_stop (
  id, number, version, agency_id, post_id, area_id, officer_id, stopped_on, stopped_at, stop_type, duration_minutes,
  duration_band, violation_id, drugs_related, latitude, longitude, flags, import_run_id, import_row
)
SELECT n.stop_id, n.number, 1, n.agency_id, p.id, a.id, o.id, n.stopped_on, n.stopped_at, coalesce(n.stop_type, 0),
       n.duration_minutes, coalesce(n.duration_band, 0), n.violation_id, n.drugs_related, n.latitude, n.longitude,
       n.flags, %s, n.row
FROM import_new n
LEFT JOIN ledger_post p ON p.agency_id = n.agency_id AND p.name = n.post
LEFT JOIN ledger_area a ON a.agency_id = n.agency_id AND a.kind = n.area_kind AND a.name = n.area_name
LEFT JOIN ledger_officer o ON o.agency_id = n.agency_id AND o.number = n.officer
