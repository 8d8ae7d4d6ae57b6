-- Rows of one district for two groups side by side: a measure of the reference group and of each other group.
WITH rates AS (
    SELECT CASE WHEN city IN ('', 'Statewide') THEN 'states' ELSE 'cities' END AS level, state, city, geography, subgeography,
           "group", {measure} AS figure, stops_per_year
    FROM ledger_publishedrate
    WHERE import_run_id NOT IN (SELECT u.import_run_id FROM ledger_importundo u) AND {measure} IS NOT NULL
)
SELECT r.level, r.state, r.city, coalesce(nullif(r.subgeography, ''), r.geography) AS district, r."group",
       b.figure AS reference_figure, r.figure, coalesce(r.stops_per_year, 0) + coalesce(b.stops_per_year, 0) AS stops
FROM rates r JOIN rates b USING (state, city, geography, subgeography)
WHERE b."group" = %(reference)s AND r."group" <> %(reference)s
ORDER BY stops DESC, r.state, r.city, district, r."group"
