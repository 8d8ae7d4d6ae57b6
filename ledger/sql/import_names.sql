-- Areas, posts, officers and vehicles that the new rows name and the ledger does not know yet.
WITH areas AS (
  INSERT INTO ledger_area (agency_id, kind, name, code)
  SELECT DISTINCT agency_id, area_kind, area_name, '' FROM import_new WHERE area_name IS NOT NULL
  ON CONFLICT DO NOTHING
),
posts AS (
  INSERT INTO ledger_post (agency_id, name)
  SELECT DISTINCT agency_id, post FROM import_new WHERE post IS NOT NULL
  ON CONFLICT DO NOTHING
),
officers AS (
  INSERT INTO ledger_officer (agency_id, number, active)
  SELECT DISTINCT agency_id, officer, true FROM import_new WHERE officer IS NOT NULL
  ON CONFLICT DO NOTHING
)
INSERT INTO ledger_vehicle (number)
SELECT DISTINCT vehicle FROM import_new WHERE vehicle IS NOT NULL ORDER BY vehicle
ON CONFLICT DO NOTHING
