-- The vehicles with the most stops, ties by number. Placed before it: a CTE `known` (vehicle, stop) of facts whose vehicle
-- is known. Numbers are looked up only of the vehicles that reach the last place.
, foremost AS (
  SELECT vehicle, count(DISTINCT stop) AS stops FROM known GROUP BY vehicle
  ORDER BY stops DESC FETCH FIRST {places} ROWS WITH TIES
)
SELECT foremost.vehicle AS id, named.number AS vehicle, foremost.stops
FROM foremost JOIN ledger_vehicle named ON named.id = foremost.vehicle
ORDER BY foremost.stops DESC, named.number LIMIT {places}
