"""PredPol's predictions by place: one file a client, as published with The Markup's “Prediction: Bias”."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from ledger.imports.columns import Degrees, WholeNumber
from ledger.imports.kinds import VENDOR_PREDICTIONS
from ledger.imports.known import Known
from ledger.imports.reader import Unreadable
from ledger.imports.source import Parameter, Source

if TYPE_CHECKING:
    import pandas as pd

LONGEST_CLIENT = 60


class PredpolCounts(Source):
    """One row per centre of a box, with the number of predictions for it over the whole time. The client is in the file's
    name."""

    name = "predpol-counts"
    title = "The Markup, PredPol predictions by place"
    kind = VENDOR_PREDICTIONS
    for_analysts = True
    columns = {
        "latitude": Degrees("lat", limit=90, decimals=6, required=True),
        "longitude": Degrees("lon", limit=180, decimals=6, required=True),
        "count": WholeNumber("pred_count", lowest=0, highest=2_000_000_000, required=True),
    }
    parameters: ClassVar[dict[str, Parameter]] = {
        "client": Parameter("Client", "By default the file’s name without its ending", required=False)
    }

    @property
    def client(self) -> str:
        return self.values.get("client", "") or client_of_file(self.file_name)

    def join_header(self, lines: list[list[str]]) -> list[str]:
        if not 0 < len(self.client) <= LONGEST_CLIENT:
            raise Unreadable(
                "The file’s name does not tell the client. Say it (in a command: --set client=…)."
            )
        return super().join_header(lines)

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        return frame.assign(client=self.client)


def client_of_file(name: str) -> str:
    """The client by the file's name; empty when it is no single word. `elgin (1).csv` is a second download of `elgin.csv`."""
    file = name.replace("\\", "/").rpartition("/")[2]
    found = re.fullmatch(r"([a-z0-9][a-z0-9_-]*?)(?: ?\([0-9]+\))?(?:\.csv)?(?:\.gz)?", file.lower())
    return found[1] if found else ""
