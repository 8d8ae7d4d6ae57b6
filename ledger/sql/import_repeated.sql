-- Rows that the file tells more than once are counted in its order, and the n-th is there already when n of them were
-- loaded before. A copy of a row that is there may be new: its number comes after those of the file's other rows.
WITH repeated AS (
  SELECT agency, digest FROM import_rows GROUP BY agency, digest HAVING count(*) > 1
),
counted AS (
  SELECT r.row, r.agency, r.digest, row_number() OVER (PARTITION BY r.agency, r.digest ORDER BY r.row) AS occurrence
  FROM import_rows r JOIN repeated ON repeated.agency = r.agency AND repeated.digest = r.digest
),
looked_up AS (
  SELECT c.row, c.occurrence, EXISTS (
    SELECT FROM ledger_agency a
    JOIN ledger_importkey k ON k.agency_id = a.id AND k.digest = c.digest AND k.occurrence = c.occurrence
    WHERE a.name = c.agency
  ) AS known
  FROM counted c
  WHERE c.occurrence > 1
  ORDER BY c.row
)
UPDATE import_rows r
SET occurrence = l.occurrence, known = l.known,
    stop_id = CASE WHEN %(storing)s AND NOT l.known
                   THEN coalesce(r.stop_id, nextval((SELECT pg_get_serial_sequence('ledger_stop', 'id')))) END,
    number = CASE WHEN %(storing)s AND NOT l.known THEN coalesce(r.number, nextval('ledger_stop_number')) END
FROM looked_up l
WHERE r.row = l.row
