-- Made-up incidents: areas of three kinds inside each other, some busier than others, more towards midnight, over ten years
INSERT INTO ledger_area (agency_id, kind, name, code, boundary)
SELECT %(agency)s, kind, kind || ' ' || one, '', NULL
FROM (VALUES ('neighbourhood', 240), ('beat', 80), ('zone', 6)) AS kinds (kind, number), generate_series(1, number) AS one;

INSERT INTO ledger_incident (import_run_id, import_row, agency_id, key, "group", words, reported_imputed, place, outcome,
    reported_on, month, occurred_on, occurred_at, area_id, beat_id, zone_id)
SELECT %(run)s, one, %(agency)s, one::text, (ARRAY[1, 3, 4, 5, 6, 7, 8, 9])[1 + (random() * 7.99)::int %% 8], '', false, '', '',
    day, date_trunc('month', day)::date, day,
    make_time((24 * sqrt(random()))::int %% 24, (random() * 59)::int, 0), area.pks[place], beat.pks[1 + place %% 80], zone.pks[1 + place %% 6]
FROM (SELECT array_agg(id ORDER BY id) AS pks FROM ledger_area WHERE kind = 'neighbourhood') AS area,
    (SELECT array_agg(id ORDER BY id) AS pks FROM ledger_area WHERE kind = 'beat') AS beat,
    (SELECT array_agg(id ORDER BY id) AS pks FROM ledger_area WHERE kind = 'zone') AS zone,
    (SELECT one, date '2015-01-01' + (random() * 3652)::int AS day, 1 + (239 * random() ^ 2)::int AS place
     FROM generate_series(1, %(rows)s) AS one) AS made
