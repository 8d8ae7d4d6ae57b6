-- Crimes of an agency with a place and a month: millionths of a degree, months since the year 0, group, area.
SELECT round(latitude * 1e6)::int, round(longitude * 1e6)::int,
       (date_part('year', month) * 12 + date_part('month', month))::int - 1,
       "group"::int, coalesce(area_id, beat_id, zone_id, 0)::int
FROM ledger_incident
WHERE agency_id = %(agency)s AND latitude IS NOT NULL AND month BETWEEN %(first)s AND %(last)s
  AND import_run_id NOT IN (SELECT import_run_id FROM ledger_importundo)
