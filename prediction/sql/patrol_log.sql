-- When the first and the last recorded visit of an agency began: what lies before and after, the log does not know.
SELECT min(started_at), max(started_at)
FROM ledger_patrolvisit
WHERE agency_id = %(agency)s AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
