-- First and last day on which an agency's crimes were reported, where the source says days; newest import and undo.
SELECT min(reported_on), max(reported_on), coalesce(max(import_run_id), 0)::int,
       (SELECT coalesce(max(id), 0)::int FROM ledger_importundo)
FROM ledger_incident
WHERE agency_id = %(agency)s AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
