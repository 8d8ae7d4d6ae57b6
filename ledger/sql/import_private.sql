-- What the law may order erased, beside the new stops: vehicle, free text, and the row as its source wrote it.
INSERT INTO ledger_stopprivate (stop_id, vehicle_id, words, place, late_reason, correction_reason, recorded)
SELECT n.stop_id, v.id, coalesce(n.words, ''), coalesce(n.place, ''), coalesce(n.late_reason, ''), '', n.recorded
FROM import_new n
LEFT JOIN ledger_vehicle v ON v.number = n.vehicle
