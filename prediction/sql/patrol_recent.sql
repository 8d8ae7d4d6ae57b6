-- Crimes that victims reported, by area: of the last four weeks of the data, and of the four weeks before those.
SELECT {place}_id, count(*) FILTER (WHERE occurred_on > %(last)s - 28)::int, count(*) FILTER (WHERE occurred_on <= %(last)s - 28)::int
FROM ledger_incident
WHERE agency_id = %(agency)s AND {place}_id = ANY (%(areas)s) AND "group" = ANY (%(groups)s)
  AND occurred_on > %(last)s - 56 AND occurred_on <= %(last)s
  AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
GROUP BY 1
