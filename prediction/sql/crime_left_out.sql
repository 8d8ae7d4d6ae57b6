-- Incidents of the covered days, and how many of them say no hour or no place of a kind.
SELECT count(*), count(*) FILTER (WHERE occurred_at IS NULL), count(*) FILTER (WHERE area_id IS NULL),
       count(*) FILTER (WHERE beat_id IS NULL), count(*) FILTER (WHERE zone_id IS NULL)
FROM ledger_incident
WHERE agency_id = %(agency)s AND occurred_on <@ ANY (%(covered)s::daterange[])
  AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
