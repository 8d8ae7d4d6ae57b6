-- The staged rows that the ledger does not have yet. Rows that are told the same are told apart by counting them where they
-- may be distinct (the n-th is there already when n of them were loaded before); else the first one stands for all.
CREATE TEMP TABLE import_new ON COMMIT DROP AS
WITH counted AS (
  SELECT s.*, coalesce(a.id, 0) AS agency_id,
         row_number() OVER (PARTITION BY s.agency, s.digest ORDER BY s.row, s.part) AS occurrence
  FROM import_staging s LEFT JOIN ledger_agency a ON a.name = s.agency
)
SELECT c.*
FROM counted c
WHERE (c.apart OR c.occurrence = 1) AND NOT EXISTS (
  SELECT 1 FROM ledger_importedkey k
  WHERE k.kind = %(kind)s AND k.agency_id = c.agency_id AND k.digest = c.digest AND k.occurrence = c.occurrence
)
ORDER BY c.row, c.part
