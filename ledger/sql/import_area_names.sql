-- An area of no agency that the ledger knows by its code keeps its name: publishers rename areas and leave the code.
UPDATE import_new n SET area_name = a.name
FROM ledger_area a
WHERE a.agency_id IS NULL AND a.kind = n.area_kind AND a.code = n.area_code AND a.code <> '' AND a.name <> n.area_name
  AND n.area_kind = 'lsoa'
