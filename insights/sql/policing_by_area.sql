-- Persons stopped, searched and found with something, by area and month. Only what carries an area: its own, else its post's.
SELECT coalesce(nullif(f.area, 0), p.area_id) AS area,
       f.year,
       f.month,
       count(*) AS stops,
       count(*) FILTER (WHERE f.searched) AS searches,
       count(*) FILTER (WHERE f.searched AND f.hit) AS finds
FROM insights_stopfact f
LEFT JOIN ledger_post p ON p.id = f.post
WHERE coalesce(nullif(f.area, 0), p.area_id) IS NOT NULL
GROUP BY 1, 2, 3
