"""What the ledger tells the rest of the house. Sent inside the transaction that wrote; receivers must write in it too.

`stops_added(stop_ids=[…])` or `stops_added(import_run_id=…)` · `stop_corrected(old_id=…, new_id=…)` ·
`import_undone(import_run_id=…)` · `vehicle_erased(stop_id=…)` · `records_changed(import_run_id=…, kind=…)`: of a kind other
than stops, loaded or undone
"""

from django.dispatch import Signal

stops_added = Signal()
stop_corrected = Signal()
import_undone = Signal()
vehicle_erased = Signal()
records_changed = Signal()
