-- The codes of a run say what the newest current import says of them, else what the built-in list says. Codes that neither
-- knows any longer stay: incidents may name them.
WITH touched AS (
  SELECT DISTINCT code FROM ledger_offenceentry WHERE import_run_id = %(run)s
),
said AS (
  SELECT DISTINCT ON (e.code) e.code, e.name, e.category, e.against, e."group", e.our_group
  FROM ledger_offenceentry e JOIN touched t ON t.code = e.code
  WHERE NOT EXISTS (SELECT 1 FROM ledger_importundo u WHERE u.import_run_id = e.import_run_id)
  ORDER BY e.code, e.id DESC
),
built_in AS (
  SELECT r ->> 'pk' AS code, r -> 'fields' ->> 'name' AS name, r -> 'fields' ->> 'category' AS category,
         r -> 'fields' ->> 'against' AS against, r -> 'fields' ->> 'group' AS "group",
         (r -> 'fields' ->> 'our_group')::smallint AS our_group
  FROM jsonb_array_elements(%(built_in)s::jsonb) AS r
  WHERE r ->> 'pk' IN (SELECT code FROM touched)
)
INSERT INTO ledger_offence (code, name, category, against, "group", our_group)
SELECT * FROM said
UNION ALL
SELECT * FROM built_in WHERE code NOT IN (SELECT code FROM said)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, category = excluded.category, against = excluded.against,
  "group" = excluded."group", our_group = excluded.our_group
