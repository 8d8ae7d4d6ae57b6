-- Areas that the new rows name and the ledger does not know yet, of an agency where one is named. One that is known without a
-- code gets it.
INSERT INTO ledger_area AS known (agency_id, kind, name, code)
SELECT a.id, n.area_kind, n.area_name, max(coalesce(n.area_code, ''))
FROM import_new n LEFT JOIN ledger_agency a ON a.name = n.area_agency
GROUP BY a.id, n.area_kind, n.area_name ORDER BY a.id, n.area_kind, n.area_name
ON CONFLICT (agency_id, kind, name) DO UPDATE SET code = excluded.code WHERE known.code = '' AND excluded.code <> ''
