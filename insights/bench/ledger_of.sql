-- A ledger of %(rows)s stops of one person each, drawn by a fixed seed: 120 agencies of very unequal size in four
-- countries, ten years, more stops by day, searches, arrests and drugs that hang together as they do in real ledgers.
-- Two thirds of the agencies record frisks; a tenth of all searches has no recorded ground, a fifth was no choice of the officer's.
-- The first seven years lie agency by agency (as imports do), the last three day by day (as logging does).
CREATE TEMP TABLE drawn ON COMMIT DROP AS
WITH dice AS (
  SELECT g AS id,
         least(120, 1 + floor(120 * power(random(), 3.2)))::smallint AS agency,
         floor(3653 * power(random(), 0.9))::int AS day,
         random() AS r_hour, random() AS r_violation, random() AS r_race, random() AS r_gender, random() AS r_age,
         random() AS r_search, random() AS r_arrest, random() AS r_drugs, random() AS r_hit, random() AS r_outcome,
         random() AS r_band, floor(power(random(), 1.5) * %(rows)s * 0.35)::int + 1 AS vehicle
  FROM generate_series(1, %(rows)s) g
)
SELECT row_number() OVER (ORDER BY CASE WHEN day < 2557 THEN agency ELSE 999 END, day, id) AS id,
       agency, date '2016-01-01' + day AS stopped_on,
       make_time((CASE WHEN r_hour < 0.75 THEN 6 + floor(r_hour * 21) ELSE floor(r_hour * 24) END)::int %% 24,
                 (id %% 60)::int, 0) AS stopped_at,
       (CASE WHEN r_violation < .42 THEN 1 WHEN r_violation < .50 THEN 2 WHEN r_violation < .60 THEN 3
             WHEN r_violation < .72 THEN 4 WHEN r_violation < .84 THEN 5 WHEN r_violation < .90 THEN 6
             WHEN r_violation < .97 THEN 7 ELSE 8 END)::smallint AS violation,
       (CASE WHEN r_race < .08 THEN 1 WHEN r_race < .30 THEN 2 WHEN r_race < .46 THEN 3 WHEN r_race < .93 THEN 4
             WHEN r_race < .97 THEN 5 END)::smallint AS race,
       (CASE WHEN r_gender < .68 THEN 1 WHEN r_gender < .985 THEN 2 WHEN r_gender < .99 THEN 3 ELSE 0 END)::smallint AS gender,
       (CASE WHEN r_age < .98 THEN 16 + floor(62 * power(r_age, 1.7)) END)::smallint AS age,
       r_search < CASE WHEN r_violation BETWEEN .42 AND .50 THEN .16 ELSE .034 END AS searched,
       r_arrest < CASE WHEN r_search < .03 THEN .35 WHEN r_violation BETWEEN .42 AND .50 THEN .12 ELSE .012 END AS arrested,
       r_drugs < CASE WHEN r_search < .04 THEN .22 ELSE .006 END AS drugs,
       r_hit < .28 AS hit, r_outcome,
       (CASE WHEN r_band < .62 THEN 1 WHEN r_band < .9 THEN 2 ELSE 3 END)::smallint AS duration_band,
       CASE WHEN id %% 3 > 0 THEN vehicle END AS vehicle,
       id * 2654435761 / 8 %% 1000 AS lot
FROM dice;

INSERT INTO ledger_vehicle (id, number)
SELECT v, 'B' || lpad(v::text, 9, '0') FROM generate_series(1, (SELECT max(vehicle) FROM drawn)) v;

INSERT INTO ledger_stop (id, number, version, agency_id, post_id, area_id, stopped_on, stopped_at, stop_type,
                         duration_band, violation_id, drugs_related, flags)
SELECT id, id, 1, agency, agency * 10 + id %% 6, agency * 100 + id %% 6 * 2 + lot %% 2, stopped_on, stopped_at, 1,
       duration_band, violation, drugs, 0
FROM drawn ORDER BY id;

INSERT INTO ledger_person (id, stop_id, position, role, gender, race_id, age, outcome, arrested, searched, frisked,
                           search_bases, contraband_found, contraband)
SELECT id, id, 1, 1, gender, race, age,
       CASE WHEN arrested THEN 5 WHEN r_outcome < .45 THEN 2 WHEN r_outcome < .9 THEN 3 WHEN r_outcome < .95 THEN 4
            WHEN r_outcome < .99 THEN 1 ELSE 0 END,
       arrested, searched, CASE WHEN agency %% 3 > 0 THEN lot < 40 OR searched AND lot < 300 END,
       CASE WHEN NOT searched OR lot >= 900 THEN '{}' WHEN lot < 500 THEN '{4}' WHEN lot < 700 THEN '{9}' ELSE '{5}'
       END::smallint[],
       CASE WHEN searched THEN hit END, '{}'
FROM drawn ORDER BY id;

INSERT INTO ledger_stopprivate (stop_id, vehicle_id, words, place, late_reason, correction_reason, recorded)
SELECT id, vehicle, '', '', '', '', '' FROM drawn WHERE vehicle IS NOT NULL ORDER BY id;
