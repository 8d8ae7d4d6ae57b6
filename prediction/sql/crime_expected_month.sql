-- Incidents by area in a month before its season: each rate of the week times how often its hour passes, summed over the groups.
SELECT r.area_id, sum(u.rate * u.hours)
FROM prediction_crimerate r
CROSS JOIN unnest(r.rates, %(hours)s::float8[]) AS u(rate, hours)
WHERE r.run_id = %(run)s AND r.agency_id = %(agency)s AND r.area_id = ANY (%(areas)s) AND r."group" = ANY (%(groups)s)
GROUP BY 1
