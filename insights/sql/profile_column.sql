-- One column summed up. Placed before it: a CTE `kept` with the column's values as `v`, and `missing` (whether v is none).
-- The values are grouped once; everything else is read from the groups.
, grouped AS MATERIALIZED (
    SELECT v, missing, count(*) AS n FROM kept GROUP BY v, missing
),
known AS (
    SELECT v, n FROM grouped WHERE NOT missing
),
ends AS (
    SELECT min(v) AS low, max(v) AS high, count(*) AS distinct_values, coalesce(sum(n), 0) AS known FROM known
)
SELECT (SELECT coalesce(sum(n), 0) FROM grouped) AS rows, ends.known, ends.distinct_values, ends.low, ends.high,
       (SELECT jsonb_agg(jsonb_build_array(v, n) ORDER BY n DESC, v)
        FROM (SELECT v, n FROM known ORDER BY n DESC, v LIMIT 8) AS most) AS top,
       (SELECT jsonb_agg(jsonb_build_array(bin, n) ORDER BY bin)
        FROM (SELECT {bin} AS bin, sum(n) AS n FROM known GROUP BY 1) AS bins) AS bins
FROM ends
