-- Days from the occurrence to the report, up to sixty: how long it takes until a day is fully known.
SELECT reported_on - occurred_on AS days, count(*)
FROM ledger_incident
WHERE agency_id = %(agency)s AND NOT reported_imputed AND reported_on - occurred_on BETWEEN 0 AND 60
  AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
GROUP BY 1
ORDER BY 1
