-- What each column of the published rates holds, by level.
WITH rates AS (
    SELECT *, CASE WHEN city IN ('', 'Statewide') THEN 'states' ELSE 'cities' END AS level
    FROM ledger_publishedrate
    WHERE import_run_id NOT IN (SELECT u.import_run_id FROM ledger_importundo u)
),
figures AS (
    SELECT r.level, c.place, c.name, nullif(c.text, '') AS text, c.figure
    FROM rates r CROSS JOIN LATERAL (VALUES
        (1, 'state', r.state, NULL::float8),
        (2, 'city', r.city, NULL),
        (3, 'geography', r.geography, NULL),
        (4, 'subgeography', r.subgeography, NULL),
        (5, 'subject_race', r."group", NULL),
        (6, 'search_rate', r.search_rate::text, r.search_rate),
        (7, 'stop_rate', r.stop_rate::text, r.stop_rate),
        (8, 'hit_rate', r.hit_rate::text, r.hit_rate),
        (9, 'inferred_threshold', r.inferred_threshold::text, r.inferred_threshold),
        (10, 'stops_per_year', r.stops_per_year::text, r.stops_per_year),
        (11, 'stop_rate_n', r.stop_rate_n::text, r.stop_rate_n)
    ) AS c (place, name, text, figure)
)
SELECT level, name, count(*) AS rows, count(*) - count(text) AS missing, count(DISTINCT text) AS distinct_values,
       min(figure) AS lowest, percentile_cont(0.5) WITHIN GROUP (ORDER BY figure) AS middle,
       avg(figure) AS mean, max(figure) AS highest
FROM figures GROUP BY level, place, name ORDER BY level DESC, place
