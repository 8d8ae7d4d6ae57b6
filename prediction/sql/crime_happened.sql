-- Incidents of a month by area and hour: what a forecast is held against.
SELECT {place}_id, date_part('hour', occurred_at)::int, count(*)
FROM ledger_incident
WHERE agency_id = %(agency)s AND month = %(month)s AND {place}_id IS NOT NULL AND occurred_at IS NOT NULL
  AND occurred_on IS NOT NULL AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
GROUP BY 1, 2
ORDER BY 1, 2
