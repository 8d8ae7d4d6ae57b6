-- Incidents of an agency by the day of the report, else of the occurrence: which days its source covers.
SELECT coalesce(reported_on, occurred_on) AS day, count(*)
FROM ledger_incident
WHERE agency_id = %(agency)s AND coalesce(reported_on, occurred_on) IS NOT NULL
  AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
GROUP BY 1
ORDER BY 1
