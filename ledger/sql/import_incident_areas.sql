-- Beats, zones and areas that new incidents name and the ledger does not know yet.
INSERT INTO ledger_area (agency_id, kind, name, code)
SELECT agency_id, 'beat', beat, '' FROM import_new WHERE beat IS NOT NULL
UNION
SELECT agency_id, 'zone', zone, '' FROM import_new WHERE zone IS NOT NULL
UNION
SELECT CASE WHEN area_kind <> 'lsoa' THEN agency_id END, area_kind, area_name, coalesce(area_code, '')
FROM import_new WHERE area_name IS NOT NULL
ORDER BY 1, 2, 3, 4
ON CONFLICT DO NOTHING
