-- Clients of a vendor of predictions.
INSERT INTO ledger_vendordepartment (
  import_run_id, import_row, client, name, ucr_code, first_prediction, last_prediction, confirmed_start, confirmed_end,
  analysis_start, analysis_end, predictions, usable, active
)
SELECT %(run)s, n.row, n.client, coalesce(n.client_name, ''), coalesce(n.ucr_code, ''), n.first_prediction,
       n.last_prediction, n.confirmed_start, n.confirmed_end, n.analysis_start, n.analysis_end, n.predictions, n.usable,
       n.active
FROM import_new n
ORDER BY n.row, n.part
