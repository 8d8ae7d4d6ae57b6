-- A piece of staged rows, in the order of the file, with what asks for a second look and whether the ledger has them: those
-- that a file tells more than once are looked at again when all are read. The rows' keys are looked up in their index.
-- A contradiction needs both sides recorded; 5 is the outcome Arrest, 240 minutes are four hours.
-- Keys and series numbers of the stops to be are drawn here, when they will be stored. Nothing is joined to the rows: a
-- plain look through them keeps their order, so that no later statement needs to sort.
WITH told AS MATERIALIZED (
  SELECT s.row, s.digest, (SELECT a.id FROM ledger_agency a WHERE a.name = s.agency) AS agency_id
  FROM import_staging s
  ORDER BY s.digest
),
there AS MATERIALIZED (
  SELECT t.row
  FROM told t JOIN ledger_importkey k ON k.agency_id = t.agency_id AND k.digest = t.digest AND k.occurrence = 1
)
SELECT s.*, s.stopped_on + s.stopped_at AS moment, 1 AS occurrence, s.row IN (SELECT t.row FROM there t) AS known,
       CASE WHEN s.outcome > 0 AND s.arrested <> (s.outcome = 5) THEN %(arrest_mismatch)s ELSE 0 END
     + CASE WHEN s.searched <> (cardinality(s.search_bases) > 0) THEN %(search_mismatch)s ELSE 0 END
     + CASE WHEN NOT s.drugs_related AND s.contraband IS NOT NULL AND EXISTS (
              SELECT 1 FROM ledger_contraband f WHERE f.is_drug AND f.id = ANY (s.contraband)
            ) THEN %(drugs_mismatch)s ELSE 0 END
     + CASE WHEN s.late_reason IS NOT NULL THEN %(late)s ELSE 0 END
     + CASE WHEN s.duration_minutes > 240 THEN %(long_duration)s ELSE 0 END AS flags,
       CASE WHEN %(storing)s AND s.row NOT IN (SELECT t.row FROM there t)
            THEN nextval((SELECT pg_get_serial_sequence('ledger_stop', 'id'))) END AS stop_id,
       CASE WHEN %(storing)s AND s.row NOT IN (SELECT t.row FROM there t)
            THEN nextval('ledger_stop_number') END AS number
FROM import_staging s
