-- Crimes of an agency by month of occurrence: all; of the groups asked for, those with a place, and those without.
SELECT month, count(*)::int,
       count(*) FILTER (WHERE "group" = ANY (%(groups)s) AND latitude IS NOT NULL)::int,
       count(*) FILTER (WHERE "group" = ANY (%(groups)s) AND latitude IS NULL)::int
FROM ledger_incident
WHERE agency_id = %(agency)s AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
GROUP BY 1 ORDER BY 1
