-- The facts of some persons of the ledger. Placed before it: a CTE `chosen` (id = a version of a stop).
-- Minutes: as recorded, else the midpoint of the band (7.5, 23, 45), in tenths. Age band: of the age, else as recorded.
SELECT p.id, s.id AS stop, s.import_run_id AS import_run, x.vehicle_id AS vehicle, s.stopped_on AS day,
       coalesce(s.duration_minutes * 10,
                CASE s.duration_band WHEN 1 THEN 75 WHEN 2 THEN 230 WHEN 3 THEN 450 ELSE 0 END) AS minutes_x10,
       s.agency_id AS agency, a.country_id AS country, coalesce(s.post_id, 0) AS post,
       coalesce(s.area_id, 0) AS area,
       extract(year FROM s.stopped_on) AS year, extract(month FROM s.stopped_on) AS month,
       coalesce(extract(hour FROM s.stopped_at), -1) AS hour,
       coalesce(extract(hour FROM s.stopped_at) * 60 + extract(minute FROM s.stopped_at), -1) AS minute,
       coalesce(s.violation_id, 0) AS violation, s.stop_type, p.outcome, p.gender, coalesce(p.race_id, 0) AS race,
       coalesce(p.age, -1) AS age,
       CASE WHEN p.age IS NULL THEN p.age_band WHEN p.age < 18 THEN 1 WHEN p.age < 25 THEN 2 WHEN p.age < 35 THEN 3
            WHEN p.age < 45 THEN 4 WHEN p.age < 55 THEN 5 WHEN p.age < 65 THEN 6 ELSE 7 END AS age_band,
       CASE WHEN s.duration_minutes IS NULL THEN s.duration_band WHEN s.duration_minutes <= 15 THEN 1
            WHEN s.duration_minutes <= 30 THEN 2 ELSE 3 END AS duration_band,
       p.searched, p.arrested, s.drugs_related AS drugs, p.contraband_found AS hit,
       CASE WHEN p.searched AND cardinality(p.search_bases) > 0 THEN NOT p.search_bases && (
           SELECT coalesce(array_agg(id), '{}') FROM ledger_searchbasis WHERE NOT discretionary) END AS discretionary,
       p.frisked
FROM chosen
JOIN ledger_stop s ON s.id = chosen.id
JOIN ledger_person p ON p.stop_id = s.id
JOIN ledger_agency a ON a.id = s.agency_id
LEFT JOIN ledger_stopprivate x ON x.stop_id = s.id
