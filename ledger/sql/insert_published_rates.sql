-- Published rates.
INSERT INTO ledger_publishedrate (
  import_run_id, import_row, state, city, geography, subgeography, "group", search_rate, stop_rate, hit_rate,
  inferred_threshold, stops_per_year, stop_rate_n
)
SELECT %(run)s, n.row, coalesce(n.state, ''), coalesce(n.city, ''), coalesce(n.geography, ''),
       coalesce(n.subgeography, ''), n."group", n.search_rate, n.stop_rate, n.hit_rate, n.inferred_threshold,
       n.stops_per_year, n.stop_rate_n
FROM import_new n
ORDER BY n.row, n.part
