-- What a file says of offence codes.
INSERT INTO ledger_offenceentry (import_run_id, import_row, code, name, category, against, "group", our_group)
SELECT %(run)s, n.row, n.code, n.offence_name, n.category, n.against, n."group", n.our_group
FROM import_new n
ORDER BY n.row, n.part
