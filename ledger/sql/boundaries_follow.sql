-- The areas of a run have the boundary of the newest current import that gives one, else none.
UPDATE ledger_area SET boundary = (
  SELECT b.boundary FROM ledger_areaboundary b
  WHERE b.area_id = ledger_area.id AND b.boundary IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM ledger_importundo u WHERE u.import_run_id = b.import_run_id)
  ORDER BY b.id DESC LIMIT 1
)
WHERE id IN (SELECT area_id FROM ledger_areaboundary WHERE import_run_id = %(run)s AND boundary IS NOT NULL)
