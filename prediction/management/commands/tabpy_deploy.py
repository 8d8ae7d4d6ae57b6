"""`manage.py tabpy_deploy URL`: crime by the hour as functions of a TabPy server, for Tableau."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

import prediction.tableau

SCRIPT = Path(prediction.tableau.__file__).with_name("functions.py")
SECONDS = 120
NO_TABPY = (
    "This Python has no TabPy client. Install it in an environment of its own (python -m venv tabpy; tabpy/bin/pip install -r "
    "requirements-tabpy.txt) and set TABPY_PYTHON to its python."
)


class Command(BaseCommand):
    help = (
        "Registers predict_hourly_crime and average_daily_crime as functions on a TabPy server, which must keep its files where this machine "
        "can write them. They ask this SecureCheck with a token, which is kept in what is deployed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", metavar="URL", help="Of the TabPy server, such as http://127.0.0.1:9004.")
        parser.add_argument(
            "--address",
            default="",
            help="Of this SecureCheck as the TabPy server reaches it (http://127.0.0.1:$PORT).",
        )
        parser.add_argument(
            "--user", default="", help="Whose new token the functions send; needed without --token-file."
        )
        parser.add_argument(
            "--token-file", default="", help="A file that holds a token, instead of making one."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        server = _address(options["url"], "the TabPy server")
        here = options["address"] or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
        told = {
            "server": server,
            "address": _address(here, "SecureCheck (--address)"),
            "token": _token(options),
            "user": os.environ.get("TABPY_USER", ""),
            "password": os.environ.get("TABPY_PASSWORD", ""),
        }
        for name in _deployed(told):
            self.stdout.write(f"{name} is on {server}")


def _address(url: str, what: str) -> str:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise CommandError(f"“{url}” is no address of {what}. Write it as http://127.0.0.1:9004.")
    return url.rstrip("/")


def _token(options: dict[str, Any]) -> str:
    if options["token_file"]:
        try:
            return Path(options["token_file"]).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise CommandError(f"The file of the token cannot be read: {error.strerror}.") from error
    if not options["user"]:
        raise CommandError(
            "Name whose token the functions send (--user NAME), or a file that holds one (--token-file)."
        )
    out = StringIO()
    call_command("token", options["user"], stdout=out)
    return out.getvalue().split()[-1]


def _deployed(told: dict[str, str]) -> list[str]:
    """Names of what was deployed. Secrets travel on standard input, not in the list of processes."""
    python = os.environ.get("TABPY_PYTHON", "") or sys.executable
    try:
        done = subprocess.run(
            [python, str(SCRIPT)],
            input=json.dumps(told),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except OSError as error:
        raise CommandError(
            f"TABPY_PYTHON is “{python}”, which cannot be started: {error.strerror}."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise CommandError(
            f"The TabPy server at {told['server']} took longer than {SECONDS} seconds."
        ) from error
    if done.returncode:
        raise CommandError(_sentence(done.stderr, told["server"]))
    return done.stdout.split()


def _sentence(trouble: str, server: str) -> str:
    if "No module named 'tabpy" in trouble:
        return NO_TABPY
    last = (trouble.strip().splitlines() or ["no reason was given"])[-1]
    if "ConnectionError" in last or "Connection refused" in trouble:
        return f"There is no TabPy server at {server}. Start it, or correct the address."
    if "401" in trouble or "Unauthorized" in trouble:
        return "The TabPy server asks who you are: set TABPY_USER and TABPY_PASSWORD."
    return f"The TabPy server did not take the functions: {last[:300]}"
