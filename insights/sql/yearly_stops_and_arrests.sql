-- Each country's years, with the sums up to each and the change on the year before.
SELECT country, year,
       sum(stops) AS stops,
       sum(arrests) AS arrests,
       (sum(sum(stops)) OVER so_far)::bigint AS running_stops,
       (sum(sum(arrests)) OVER so_far)::bigint AS running_arrests,
       sum(stops)::float8 / lag(sum(stops)) OVER so_far - 1 AS change
FROM stops
GROUP BY country, year
WINDOW so_far AS (PARTITION BY country ORDER BY year)
