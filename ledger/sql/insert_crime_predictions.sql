-- What had been predicted for crimes. The n-th row of a key tells of the n-th incident of it, whether new or there already.
INSERT INTO ledger_crimeprediction (import_run_id, import_row, agency_id, incident_key, would_fit, count, predicted)
SELECT %(run)s, n.row, n.agency_id, n.key || CASE WHEN c.nth > 1 THEN '#' || c.nth ELSE '' END, coalesce(n.would_fit, ''),
       n.predictions, coalesce(n.predicted, '')
FROM import_new n
JOIN (
  SELECT row, row_number() OVER (PARTITION BY agency, key ORDER BY row) AS nth
  FROM import_staging WHERE predictions IS NOT NULL
) c ON c.row = n.row
WHERE n.predictions IS NOT NULL
ORDER BY n.row
