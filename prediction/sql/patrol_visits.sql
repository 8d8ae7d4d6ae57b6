-- Recorded visits of an agency that may reach into a shift. One that began more than a day before it is left out: nobody closed it in the log.
SELECT place, latitude, longitude, started_at, ended_at, minutes
FROM ledger_patrolvisit
WHERE agency_id = %(agency)s AND started_at >= %(begins)s - interval '1 day' AND started_at < %(ends)s
  AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
ORDER BY started_at, id
