-- Incidents by the places that they name (0 for none) and packed time, read once for all kinds of place:
-- key = (months since %(origin)s × groups + group) × 168 + hours since Monday 0:00.
SELECT coalesce(area_id, 0)::int, coalesce(beat_id, 0)::int, coalesce(zone_id, 0)::int,
       (((date_part('year', occurred_on) * 12 + date_part('month', occurred_on))::int - 1 - %(origin)s) * %(groups)s + "group")
         * 168 + (date_part('isodow', occurred_on)::int - 1) * 24 + date_part('hour', occurred_at)::int,
       count(*)::int
FROM ledger_incident
WHERE agency_id = %(agency)s AND num_nonnulls(area_id, beat_id, zone_id) > 0 AND occurred_at IS NOT NULL
  AND occurred_on <@ ANY (%(covered)s::daterange[])
  AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
GROUP BY 1, 2, 3, 4
