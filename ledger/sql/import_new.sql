-- The staged rows that the ledger does not have yet, with what asks for a second look. Identical rows of one file are
-- told apart by counting them: the n-th is there already when n of them were loaded before.
-- A contradiction needs both sides recorded; 5 is the outcome Arrest, 240 minutes are four hours.
-- Keys and series numbers of the stops to be are drawn here, in the order of the file, when they will be stored.
CREATE TEMP TABLE import_new ON COMMIT DROP AS
WITH repeated AS (
  SELECT agency, digest FROM import_staging GROUP BY agency, digest HAVING count(*) > 1
),
counted AS (
  SELECT s.row, row_number() OVER (PARTITION BY s.agency, s.digest ORDER BY s.row) AS occurrence
  FROM import_staging s JOIN repeated r ON r.agency = s.agency AND r.digest = s.digest
),
fresh AS (
  SELECT s.*, a.id AS agency_id, coalesce(c.occurrence, 1) AS occurrence
  FROM import_staging s
  LEFT JOIN ledger_agency a ON a.name = s.agency
  LEFT JOIN counted c ON c.row = s.row
  WHERE NOT EXISTS (
    SELECT 1 FROM ledger_importkey k
    WHERE k.agency_id = a.id AND k.digest = s.digest AND k.occurrence = coalesce(c.occurrence, 1)
  )
  ORDER BY s.row
)
SELECT s.*, s.stopped_on + s.stopped_at AS moment,
       CASE WHEN s.outcome > 0 AND s.arrested <> (s.outcome = 5) THEN %(arrest_mismatch)s ELSE 0 END
     + CASE WHEN s.searched <> (cardinality(s.search_bases) > 0) THEN %(search_mismatch)s ELSE 0 END
     + CASE WHEN NOT s.drugs_related AND s.contraband IS NOT NULL AND EXISTS (
              SELECT 1 FROM ledger_contraband f WHERE f.is_drug AND f.id = ANY (s.contraband)
            ) THEN %(drugs_mismatch)s ELSE 0 END
     + CASE WHEN s.late_reason IS NOT NULL THEN %(late)s ELSE 0 END
     + CASE WHEN s.duration_minutes > 240 THEN %(long_duration)s ELSE 0 END AS flags,
       CASE WHEN %(storing)s THEN nextval((SELECT pg_get_serial_sequence('ledger_stop', 'id'))) END AS stop_id,
       CASE WHEN %(storing)s THEN nextval('ledger_stop_number') END AS number
FROM fresh s
