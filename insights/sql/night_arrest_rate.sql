-- Night: 20:00 to 04:59. A stop without a time is neither.
SELECT CASE WHEN hour < 0 THEN 'Unknown'
            WHEN hour >= 20 OR hour < 5 THEN 'Night'
            ELSE 'Day' END AS period,
       sum(stops) AS stops,
       sum(arrests) AS arrests
FROM stops
GROUP BY 1
