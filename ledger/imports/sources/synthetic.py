"""Made-up stops of `make_stops`: the SecureCheck columns and what that format has no place for."""

from __future__ import annotations

from ledger.imports.columns import CodeSet, Minutes, Text, YesNo
from ledger.imports.sources.securecheck import SecureCheck


class Synthetic(SecureCheck):
    """Written and read by `make_stops` and `demo` only, so it is not among the sources that people choose from."""

    name = "synthetic"
    title = "Made-up stops"
    offered = False
    columns = {
        **SecureCheck.columns,
        "post": Text("post", longest=80),
        "officer": Text("officer", longest=20),
        "duration_minutes": Minutes("duration_minutes"),
        "contraband_found": YesNo("contraband_found"),
        "contraband": CodeSet("contraband", words="contraband"),
    }
