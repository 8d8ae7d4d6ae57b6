-- Time that units spent at places.
INSERT INTO ledger_patrolvisit (
  import_run_id, import_row, agency_id, unit, kind, place, latitude, longitude, started_at, ended_at, minutes
)
SELECT %(run)s, n.row, n.agency_id, coalesce(n.unit, ''), coalesce(n.kind, ''), coalesce(n.place, ''), n.latitude,
       n.longitude, n.started_at, n.ended_at, n.minutes
FROM import_new n
ORDER BY n.row, n.part
