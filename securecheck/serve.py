"""The small parent behind `script/server`: prepares, then keeps web and worker running until it is told to stop."""

from __future__ import annotations

import errno
import http.client
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from securecheck.children import HOUSE, Child, stop_all
from securecheck.postgres import ServerProblem, data_folder, ensure, leave
from securecheck.prepare import DEMO_IS_MISSING, static_is_current

HOST = "127.0.0.1"
SECONDS_TO_END = 7.0
SECONDS_TO_BEGIN = 60.0
SECONDS_BETWEEN_LOOKS = 5.0  # at the database
MANAGE = [sys.executable, "manage.py"]


class Told(BaseException):
    """A signal asked us to stop."""


class Refused(Exception):
    """Serving is not possible; the text is a plain sentence."""


def main() -> int:
    children: list[Child] = []
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, stop_soon)
    try:
        port = free_port()
        ensure()
        serve(port, children)
    except (ServerProblem, Refused) as problem:
        print(problem, file=sys.stderr)
        return 1
    except Told:
        return 0
    finally:
        end(children)


def stop_soon(_signal: int, _frame: FrameType | None) -> None:
    """Stop once; while stopping, further signals change nothing."""
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, signal.SIG_IGN)
    raise Told


def free_port() -> int:
    """The port to serve on, tried before anything is started."""
    text = os.environ.get("PORT", "").strip() or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refused(f"PORT is “{text}”. Set it to a number from 1 to 65535.")
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, int(text)))
        except OSError as error:
            raise Refused(why_not_bound(error, text)) from None
    return int(text)


def why_not_bound(error: OSError, port: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program (perhaps SecureCheck runs already). "
            "Stop that, or choose another: PORT=8001 script/server"
        )
    reason = (error.strerror or str(error)).lower()
    return f"Port {port} cannot be used ({reason}). Choose another: PORT=8001 script/server"


def prepare() -> bool:
    """Tables, demo accounts and static files, side by side. Whether the demo ledger is still to be loaded."""
    steps = ["database"] if static_is_current() else ["database", "static"]
    started = [Child(step, [sys.executable, "-m", "securecheck.prepare", step]) for step in steps]
    try:
        for child in started:
            child.start()
        codes = [child.process.wait() for child in started if child.process]
    finally:
        stop_all(started, 2.0)
    if any(code not in (0, DEMO_IS_MISSING) for code in codes):
        raise Refused("SecureCheck was not started.")
    return DEMO_IS_MISSING in codes


def serve(port: int, children: list[Child]) -> NoReturn:
    """Start web and worker, say where they are, and keep them and the database running."""
    waiting, go = os.pipe()
    web, worker = web_child(port, waiting), Child("worker", [*MANAGE, "procrastinate", "worker"])
    children.append(web)
    web.start()  # reads its code while the database is made ready, and answers nobody before
    demo_is_missing = prepare()
    os.close(go)
    wait_until_served(port, web)
    print(f"SecureCheck is at http://{HOST}:{port}  (Ctrl+C stops it)", flush=True)
    children.append(worker)  # after the first page, which it would only delay
    worker.start()
    if demo_is_missing:
        load_demo(children)
    keep_running([web, worker])


def load_demo(children: list[Child]) -> None:
    """Load the demo ledger beside serving. It goes in whole or, when stopped, not at all: then the next start does."""
    demo = Child("demo", [*MANAGE, "demo"])
    children.append(demo)
    demo.start()


def keep_running(children: list[Child]) -> NoReturn:
    looked = time.monotonic()
    while True:
        time.sleep(0.5)
        for child in children:
            child.keep_running()
        if time.monotonic() - looked > SECONDS_BETWEEN_LOOKS:
            look_after_database()
            looked = time.monotonic()


def web_child(port: int, waiting: int) -> Child:
    """The web processes. Each waits at the pipe `waiting` for the word that everything is ready (wsgi.py)."""
    command = [sys.executable, "-m", "gunicorn", "securecheck.wsgi", "--bind", f"{HOST}:{port}"]
    command += ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--timeout", "120"]
    command += ["--graceful-timeout", "4", "--log-level", "warning", "--no-control-socket"]
    variables = {"SECURECHECK_GO": str(waiting), "PROMETHEUS_MULTIPROC_DIR": str(metrics_folder(port))}
    return Child("web", command, variables, (waiting,))


def metrics_folder(port: int) -> Path:
    """Where the web processes count requests together, so that /metrics tells of all of them; empty at each start."""
    folder = data_folder() / "metrics" / str(port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def wait_until_served(port: int, web: Child) -> None:
    """Until /healthz answers; a web process that ends instead will not do so the next time either."""
    deadline = time.monotonic() + SECONDS_TO_BEGIN
    while web.is_running() and time.monotonic() < deadline:
        if answers(port):
            return
        time.sleep(0.05)
    raise Refused("The web process did not begin to serve; see the messages above.")


def answers(port: int) -> bool:
    """Whether the web process serves; asked by a name that it answers to."""
    named = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": HOST if named in ("", "*") else named})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def look_after_database() -> None:
    """Bring the database back when it was killed. Told on each look until it is mended."""
    try:
        ensure()
    except ServerProblem as problem:
        print(problem, file=sys.stderr, flush=True)


def end(children: list[Child]) -> None:
    """Stop what was started, the database too unless others still use it."""
    stop_all(children, SECONDS_TO_END)
    leave()


if __name__ == "__main__":
    os.chdir(HOUSE)
    sys.exit(main())
