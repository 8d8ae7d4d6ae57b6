-- What became of crimes.
INSERT INTO ledger_incidentoutcome (import_run_id, import_row, agency_id, incident_key, month, outcome)
SELECT %(run)s, n.row, n.agency_id, n.incident_key, date_trunc('month', n.month)::date, n.outcome
FROM import_new n
ORDER BY n.row, n.part
