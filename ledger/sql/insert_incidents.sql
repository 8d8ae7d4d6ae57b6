-- The new incidents. A key that occurs several times in a file carries a running number from the second on.
INSERT INTO ledger_incident (
  import_run_id, import_row, agency_id, key, offence_id, "group", words, reported_on, reported_imputed, month,
  occurred_on, occurred_at, ended_on, ended_at, beat_id, zone_id, area_id, place, latitude, longitude, outcome
)
SELECT %(run)s, n.row, n.agency_id, n.key || CASE WHEN n.occurrence > 1 THEN '#' || n.occurrence ELSE '' END,
       o.code, coalesce(n."group", o.our_group, 0), coalesce(n.words, ''), n.reported_on,
       coalesce(n.reported_imputed, false), date_trunc('month', n.month)::date, n.occurred_on, n.occurred_at, n.ended_on,
       n.ended_at, b.id, z.id, a.id, coalesce(n.place, ''), n.latitude, n.longitude, coalesce(n.outcome, '')
FROM import_new n
LEFT JOIN ledger_offence o ON o.code = n.offence
LEFT JOIN ledger_area b ON b.agency_id = n.agency_id AND b.kind = 'beat' AND b.name = n.beat
LEFT JOIN ledger_area z ON z.agency_id = n.agency_id AND z.kind = 'zone' AND z.name = n.zone
LEFT JOIN ledger_area a ON a.kind = n.area_kind AND a.name = n.area_name
 AND coalesce(a.agency_id, 0) = CASE WHEN n.area_kind = 'lsoa' THEN 0 ELSE n.agency_id END
WHERE n.predictions IS NULL
ORDER BY n.row, n.part
