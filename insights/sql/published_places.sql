-- Published rates, one row a place and group. The rate of a place stands on each of its rows: it is one figure, not many.
-- Where rows of a place disagree on it, or on the stops behind it, it is left out (rate_values > 1, stops_values > 1).
SELECT
    CASE WHEN r.city IN ('', 'Statewide') THEN 'states' ELSE 'cities' END AS level,
    r.state,
    CASE WHEN r.city IN ('', 'Statewide') THEN r.state ELSE r.city || ', ' || r.state END AS place,
    r."group",
    count(*) AS rows,
    count(*) - count(DISTINCT (r.geography, r.subgeography)) AS repeated,
    count(DISTINCT r.stop_rate) AS rate_values,
    count(DISTINCT r.stop_rate_n) AS stops_values,
    CASE WHEN count(DISTINCT r.stop_rate) = 1 THEN min(r.stop_rate) END AS rate,
    CASE WHEN count(DISTINCT r.stop_rate_n) = 1 THEN min(r.stop_rate_n) END AS stops,
    sum(r.stops_per_year) AS district_stops,
    sum(r.stop_rate) AS rate_sum,
    count(r.stop_rate) AS rate_rows
FROM ledger_publishedrate r
WHERE r.import_run_id NOT IN (SELECT u.import_run_id FROM ledger_importundo u)
GROUP BY 1, 2, 3, 4
ORDER BY 1 DESC, 3, 4
