-- Rates of the week by area, summed over the groups asked for, each times its weight.
SELECT r.area_id, r.agency_id, u.slot - 1 AS slot, sum(u.rate * w.weight)
FROM prediction_crimerate r
JOIN unnest(%(groups)s::int[], %(weights)s::float8[]) AS w(code, weight) ON w.code = r."group"
CROSS JOIN unnest(r.rates) WITH ORDINALITY AS u(rate, slot)
WHERE r.run_id = %(run)s AND r.area_id = ANY (%(areas)s)
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
