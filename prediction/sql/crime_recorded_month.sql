-- Recorded incidents by area in one month and the hours asked for (all, those without an hour included, or one), on covered days.
SELECT {place}_id, count(*)
FROM ledger_incident
WHERE agency_id = %(agency)s AND month = %(month)s AND {place}_id = ANY (%(areas)s) AND "group" = ANY (%(groups)s)
  AND occurred_on <@ ANY (%(covered)s::daterange[])
  AND (%(hour)s::int IS NULL OR date_part('hour', occurred_at) = %(hour)s::int)
  AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
GROUP BY 1
