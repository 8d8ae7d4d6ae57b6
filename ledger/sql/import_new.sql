-- The rows that the ledger does not have yet, each with its agency.
CREATE TEMP VIEW import_new AS
SELECT r.*, a.id AS agency_id
FROM import_rows r LEFT JOIN ledger_agency a ON a.name = r.agency
WHERE NOT r.known
