-- The person of each new row; one row tells of one person.
INSERT INTO ledger_person (
  stop_id, position, role, gender, race_id, age, age_band, outcome, arrested, searched, search_bases, frisked,
  contraband_found, contraband
)
SELECT n.stop_id, 1, coalesce(n.role, 0), coalesce(n.gender, 0), n.race_id, n.age, coalesce(n.age_band, 0),
       coalesce(n.outcome, 0), n.arrested, n.searched, coalesce(n.search_bases, '{}'), n.frisked,
       n.contraband_found, coalesce(n.contraband, '{}')
FROM import_new n
