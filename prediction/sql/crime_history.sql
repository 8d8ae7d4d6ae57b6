-- Recorded incidents of one area by month, group, week-end and hour, on covered days.
SELECT month, "group", date_part('isodow', occurred_on) > 5 AS weekend, date_part('hour', occurred_at)::int AS hour, count(*)
FROM ledger_incident
WHERE agency_id = %(agency)s AND {place}_id = %(area)s AND occurred_on <@ ANY (%(covered)s::daterange[])
  AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
GROUP BY 1, 2, 3, 4
