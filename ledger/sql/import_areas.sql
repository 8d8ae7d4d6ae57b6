-- Areas that the new rows name and the ledger does not know yet. They belong to no agency. One that is known without a code
-- gets it.
INSERT INTO ledger_area AS known (kind, name, code)
SELECT area_kind, area_name, max(coalesce(area_code, ''))
FROM import_new WHERE area_name IS NOT NULL
GROUP BY area_kind, area_name ORDER BY area_kind, area_name
ON CONFLICT (agency_id, kind, name) DO UPDATE SET code = excluded.code WHERE known.code = '' AND excluded.code <> ''
