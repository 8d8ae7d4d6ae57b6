-- Flag new rows that are likely logged twice: the same vehicle in the same agency within 30 minutes, in this file or in
-- the ledger. Placed before it: a CTE `current` (agency_id, vehicle_id, moment) of the ledger's current stops.
, timed AS (
  SELECT row, agency, agency_id, vehicle, moment FROM import_new WHERE vehicle IS NOT NULL AND moment IS NOT NULL
),
gaps AS (
  SELECT row, moment - lag(moment) OVER near AS since, lead(moment) OVER near - moment AS until
  FROM timed WINDOW near AS (PARTITION BY agency, vehicle ORDER BY moment, row)
),
likely AS (
  SELECT row FROM gaps WHERE since <= interval '30 minutes' OR until <= interval '30 minutes'
  UNION
  SELECT t.row
  FROM timed t
  JOIN ledger_vehicle v ON v.number = t.vehicle
  JOIN current c ON c.vehicle_id = v.id AND c.agency_id = t.agency_id
   AND c.moment BETWEEN t.moment - interval '30 minutes' AND t.moment + interval '30 minutes'
)
UPDATE import_rows SET flags = flags + %s WHERE row IN (SELECT row FROM likely)
