-- Crimes that victims reported in a shift, by area, hour of the shift and group; a place of 0 is an area of no plan.
SELECT coalesce({place}_id, 0)::int, floor(extract(epoch FROM occurred_on + occurred_at - %(begins)s::timestamp) / 3600)::int, "group"::int, count(*)::int
FROM ledger_incident
WHERE agency_id = %(agency)s AND "group" = ANY (%(groups)s) AND occurred_at IS NOT NULL
  AND occurred_on BETWEEN %(begins)s::date AND %(ends)s::date
  AND occurred_on + occurred_at >= %(begins)s::timestamp AND occurred_on + occurred_at < %(ends)s::timestamp
  AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
GROUP BY 1, 2, 3
