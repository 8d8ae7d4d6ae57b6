"""Puts two functions on a TabPy server. Run by `manage.py tabpy_deploy` with a Python that has `tabpy`; it needs nothing else of ours.

What is told comes as JSON on standard input: `server`, `address`, `token`, `user`, `password`. The functions ask SecureCheck each time they are
called, so they answer with the run that is in use then. The token is kept in what is deployed: whoever reads the server's files has it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

SECONDS = 30


def made(address: str, token: str) -> dict[str, Any]:
    """The functions, by name. They hold all they need, as they are copied to another machine."""

    def call(name: str, neighborhood: Any, month: Any) -> Any:
        import json
        import urllib.error
        import urllib.request

        month = int(month) if isinstance(month, float) and month == int(month) else month
        request = urllib.request.Request(  # noqa: S310  the address is checked before it is deployed
            f"{address}/api/{name}",
            json.dumps({"neighborhood": neighborhood, "month": month}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Token {token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
                return json.load(reply)
        except urllib.error.HTTPError as error:
            told = error.read().decode(errors="replace")
            raise ValueError(f"SecureCheck answered {error.code}: {told[:500]}") from None

    def rows_of(*columns: Any) -> list[tuple[Any, ...]]:
        """Rows of columns of equal length; a single value stands for all rows."""
        length = max((len(one) for one in columns if isinstance(one, list)), default=1)
        long = [one * length if isinstance(one, list) and len(one) == 1 else one for one in columns]
        return list(zip(*(one if isinstance(one, list) else [one] * length for one in long), strict=True))

    def predict_hourly_crime(neighborhood: Any, month: Any, hour: Any = None) -> Any:
        """Expected crimes per day by hour: 24 rows for one neighbourhood and month; with hours, a number for each row."""
        if hour is None:
            [(place, when)] = rows_of(neighborhood, month)
            return call("predict_hourly_crime", place, when)
        known: dict[Any, Any] = {}
        found = []
        for place, when, at in rows_of(neighborhood, month, hour):
            if (place, when) not in known:
                known[place, when] = call("predict_hourly_crime", place, when)
            found.append(known[place, when][int(at)]["predicted_crimes"])
        return found

    def average_daily_crime(neighborhood: Any, month: Any) -> Any:
        """Recorded crimes per calendar day: one answer for one neighbourhood and month, or a number for each row."""
        if not isinstance(neighborhood, list) and not isinstance(month, list):
            return call("average_daily_crime", neighborhood, month)
        known: dict[Any, Any] = {}
        for row in rows_of(neighborhood, month):
            if row not in known:
                known[row] = call("average_daily_crime", *row)["average_daily_crime_count"]
        return [known[row] for row in rows_of(neighborhood, month)]

    return {"predict_hourly_crime": predict_hourly_crime, "average_daily_crime": average_daily_crime}


def main() -> None:
    from tabpy.tabpy_tools.client import Client

    told = json.load(sys.stdin)
    client = Client(told["server"] + "/", query_timeout=SECONDS)
    if told.get("user"):
        client.set_credentials(told["user"], told["password"])
    for name, function in made(told["address"], told["token"]).items():
        client.deploy(name, function, function.__doc__, override=True)
        print(name)


if __name__ == "__main__":
    main()
