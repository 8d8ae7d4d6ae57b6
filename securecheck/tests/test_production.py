"""An installation that others reach: Django's own checks are clean, and an unsafe secret is refused in words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
LONG = "k7Q-9tW2xZ_4mB8vN1cR6yL3pF5sD0gH-jT7uE2iO9aM4wX8zV1bC6nK"


def manage(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, with a data folder of its own and nothing of our settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    given = {"SECURECHECK_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "securecheck.settings", **environment}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=HOUSE,
        env=kept | given,
        capture_output=True,
        text=True,
        timeout=60,
    )


def deploy(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return manage(folder, "check", "--deploy", "--fail-level", "WARNING", **environment)


def test_the_deployment_checks_are_clean_for_a_named_host(tmp_path: Path) -> None:
    done = deploy(tmp_path, ALLOWED_HOSTS="stops.example.org", SECRET_KEY=LONG)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("", "SECRET_KEY is not set"),
        ("short", "SECRET_KEY is too short or a known default"),
        ("django-insecure-" + LONG, "SECRET_KEY is too short or a known default"),
        ("changeme" * 10, "SECRET_KEY is too short or a known default"),
        ("a" * 60, "SECRET_KEY is too short or a known default"),
    ],
)
def test_an_unsafe_secret_is_refused_in_one_sentence(tmp_path: Path, secret: str, why: str) -> None:
    done = deploy(tmp_path, ALLOWED_HOSTS="stops.example.org", SECRET_KEY=secret)
    assert done.returncode != 0
    assert why in done.stderr
    assert "Set it to at least 50 random characters" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_machine_itself_gets_a_secret_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    for _ in range(2):
        assert manage(tmp_path, "check").returncode == 0
        kept = tmp_path / "secret-key"
        assert len(kept.read_text()) >= 50
        assert kept.stat().st_mode & 0o077 == 0
    first = kept.read_text()
    manage(tmp_path, "check")
    assert kept.read_text() == first


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("DEBUG", "maybe", "DEBUG is “maybe”. Set it to 1 or 0."),
        ("TRUSTED_PROXIES", "one", "TRUSTED_PROXIES is “one”. Set it to a whole number from 0 on."),
        ("MAX_UPLOAD_MB", "200MB", "MAX_UPLOAD_MB is “200MB”. Set it to a whole number from 0 on."),
        ("MAX_UNPACKED_MB", "-1", "MAX_UNPACKED_MB is “-1”. Set it to a whole number from 0 on."),
        ("SECURECHECK_KEY", "short", "SECURECHECK_KEY is shorter than 32 characters"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_do(tmp_path: Path, name: str, value: str, why: str) -> None:
    done = manage(tmp_path, "check", **{name: value})
    assert done.returncode != 0
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_the_web_process_loads_no_pandas_numpy_or_sklearn(tmp_path: Path) -> None:
    """They cost half a second and a hundred megabytes in every process; only worker and commands need them."""
    program = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "securecheck.settings"
import django
django.setup()
from django.conf import settings
from django.urls import get_resolver
get_resolver().url_patterns
from importlib import import_module
for app in settings.INSTALLED_APPS:
    try:
        import_module(app + ".tasks")
    except ModuleNotFoundError:
        pass
print(sorted({"pandas", "numpy", "scipy", "sklearn"} & set(sys.modules)))
"""
    environment = {"PATH": os.environ["PATH"], "SECURECHECK_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=HOUSE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_forms_are_taken_from_every_host_that_is_served(tmp_path: Path) -> None:
    hosts = "stops.example.org,.example.net,127.0.0.1"
    shell = "from django.conf import settings; print(settings.CSRF_TRUSTED_ORIGINS)"
    done = manage(tmp_path, "shell", "--no-imports", "-c", shell, ALLOWED_HOSTS=hosts, SECRET_KEY=LONG)
    assert done.stdout.strip() == "['https://stops.example.org', 'https://*.example.net']", done.stderr


# In the browser's own terms


@pytest.mark.django_db
def test_over_tls_cookies_and_replies_are_for_tls_only(tmp_path: Path) -> None:
    program = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "securecheck.settings"
import django
django.setup()
from django.conf import settings as s
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS >= 31536000, s.DEMO, s.DEBUG)
"""
    environment = {
        "PATH": os.environ["PATH"],
        "SECURECHECK_DATA": str(tmp_path),
        "ALLOWED_HOSTS": "stops.example.org",
        "SECRET_KEY": LONG,
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=HOUSE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["True", "True", "True", "True", "False", "False"], done.stderr
