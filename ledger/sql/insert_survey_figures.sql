-- Shares of respondents, of an area or of the force.
INSERT INTO ledger_surveyfigure (
  import_run_id, import_row, survey, measure, meaning, area_id, "group", period_start, period_end, share, base
)
SELECT %(run)s, n.row, n.survey, n.measure, coalesce(n.meaning, ''), a.id, coalesce(n."group", ''), n.period_start,
       n.period_end, n.share, n.base
FROM import_new n
LEFT JOIN ledger_area a ON a.agency_id IS NULL AND a.kind = n.area_kind AND a.name = n.area_name
ORDER BY n.row, n.part
