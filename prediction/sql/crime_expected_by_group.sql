-- Rates of the week by area and group of offences.
SELECT area_id, agency_id, "group", rates
FROM prediction_crimerate
WHERE run_id = %(run)s AND area_id = ANY (%(areas)s) AND "group" = ANY (%(groups)s)
ORDER BY 1, 2, 3
