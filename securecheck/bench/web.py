"""The web process as it is served, over the ledger of the bench: page times, its memory, one stop until it is seen."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from insights.bench.within import all_filters
from insights.catalogue import CATALOGUE
from ledger.models import Agency, Post
from securecheck.children import HOUSE, Child, stop_all
from securecheck.prepare import static_is_current
from securecheck.serve import HOST, answers, web_child

TIMES = 3
SEEN = "arrest-rate-by-age-band"  # the insight in which the logged stop is looked for
SECONDS_TO_BEGIN = 60.0


@dataclass
class Browser:
    """One signed-in user, as far as a bench needs a browser."""

    port: int
    cookies: dict[str, str]

    @classmethod
    def of(cls, user: User, port: int) -> Browser:
        client = Client()
        client.force_login(user)
        return cls(port, {name: morsel.value for name, morsel in client.cookies.items()})

    def send(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=120)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
            body = urlencode(fields | {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            return answer.status, answer.read()
        finally:
            connection.close()

    def get(self, path: str) -> bytes:
        status, body = self.send("GET", path)
        if status != 200:
            raise RuntimeError(f"The web process answered {status} to {path}.")
        return body


@dataclass
class Web:
    """What was measured of the web process. Milliseconds are medians; `peak_mb` is of the largest process."""

    pages: dict[str, dict[str, float]] = field(default_factory=dict)  # filter → slug → ms
    visible_ms: float = 0.0
    peak_mb: int = 0


def measure(country: int) -> Web:
    analyst, officer = _user("Analyst"), User.objects.get(username="bench")
    with served() as (port, child):
        found, browser = Web(), Browser.of(analyst, port)
        for page in ("/", "/insights/", reverse("stops")):
            browser.get(page)
        for within in all_filters(country):
            query = f"?{urlencode(within.filters)}" if within.filters else ""
            found.pages[within.name] = {
                insight.slug: _milliseconds(browser, f"{reverse('insight', args=[insight.slug])}{query}")
                for insight in CATALOGUE
            }
        found.visible_ms = _until_seen(Browser.of(officer, port), browser, officer.officer.agency)
        found.peak_mb = peak_megabytes(child)
        return found


def _user(role: str) -> User:
    user = User.objects.create_user(f"bench-{role.lower()}")
    user.groups.add(Group.objects.get(name=role))
    return user


def _milliseconds(browser: Browser, path: str) -> float:
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        browser.get(path)
        taken.append((time.perf_counter() - started) * 1000)
    return round(median(taken), 1)


def _until_seen(desk: Browser, reader: Browser, agency: Agency) -> float:
    """From pressing "save" until another user's insight counts the stop."""
    address = f"{reverse('insight', args=[SEEN])}?{urlencode({'agency': agency.name, 'format': 'json'})}"
    before = _counted(reader, address)
    desk.get(reverse("log-stop"))  # brings the token against forgery
    started = time.perf_counter()
    status, page = desk.send("POST", reverse("log-stop"), _form(agency))
    if status != 302:
        raise RuntimeError(f"The stop was not saved ({status}): {page[:300]!r}")
    while _counted(reader, address) == before:
        if time.perf_counter() - started > 10:
            raise RuntimeError("The stop was saved and is in no insight after ten seconds.")
    return round((time.perf_counter() - started) * 1000, 1)


def _counted(reader: Browser, address: str) -> int:
    return sum(row["stops"] for row in json.loads(reader.get(address))["rows"])


def _form(agency: Agency) -> dict[str, str]:
    now = agency.now()
    return {
        "client_key": str(uuid4()),
        "further": "0",
        "stopped_on": f"{now:%d/%m/%Y}",
        "stopped_at": f"{now:%H:%M}",
        "post": str(Post.objects.filter(agency=agency).values_list("pk", flat=True)[0]),
        "stop_type": "1",
        "vehicle": "LB76 KBP",
        "duration_band": "1",
        "age": "34",
        "gender": "1",
        "race": "4",
        "violation": "1",
        "outcome": "3",
        "search": "none",
    }


@contextmanager
def served() -> Iterator[tuple[int, Child]]:
    """The web processes of `script/server`, on a port of their own."""
    if not static_is_current():
        subprocess.run([sys.executable, "-m", "securecheck.prepare", "static"], cwd=HOUSE, check=True)
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        port = trial.getsockname()[1]
    waiting, go = os.pipe()
    child = web_child(port, waiting)
    child.start()
    os.close(go)
    try:
        deadline = time.monotonic() + SECONDS_TO_BEGIN
        while not answers(port):
            if not child.is_running() or time.monotonic() > deadline:
                raise RuntimeError("The web process did not begin to serve; see the messages above.")
            time.sleep(0.1)
        yield port, child
    finally:
        stop_all([child], 5.0)
        os.close(waiting)


def peak_megabytes(child: Child) -> int:
    """Most memory that any process of the web server has held, in millions of bytes; 0 where the system does not say."""
    family = [str(child.process.pid)] if child.process else []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        parts = _read(stat).rpartition(")")[2].split()
        if parts and parts[1] in family[:1]:
            family.append(stat.parent.name)
    return max((_peak_kilobytes(number) for number in family), default=0) * 1024 // 1_000_000


def _peak_kilobytes(number: str) -> int:
    lines: list[Any] = [line.split() for line in _read(Path(f"/proc/{number}/status")).splitlines()]
    return next((int(line[1]) for line in lines if line[0] == "VmHWM:"), 0)


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""  # it ended meanwhile
