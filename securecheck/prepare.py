"""What has to be right before the web serves: the tables, the demo accounts, the collected static files.

`python -m securecheck.prepare database|static` is run by securecheck/serve.py in processes of their own, side by side.
"""

from __future__ import annotations

import hashlib
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from ledger.errors import first_line
from securecheck.postgres import ServerProblem, data_folder, ensure

HOUSE = Path(__file__).resolve().parents[1]
DEMO_IS_MISSING = 3  # exit code of `prepare database`: all is well, and the demo ledger should be loaded


def prepare_database() -> int:
    """Bring the tables up to date and, for the demo, make its accounts."""
    from django.conf import settings
    from django.core.management import call_command

    ensure()
    call_command("migrate", interactive=False, verbosity=0)
    return prepare_demo() if settings.DEMO and settings.LOCAL_ONLY else 0


def prepare_demo() -> int:
    """Make the demo accounts once, name them, and say by the exit code whether the demo ledger is wanted."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from securecheck.demo import DEMO_ROLES, is_new_ledger

    if not User.objects.exists():
        call_command("demo", users_only=True, verbosity=0)
    names = set(
        User.objects.filter(username__in=DEMO_ROLES, is_active=True).values_list("username", flat=True)
    )
    if names:
        listed = ", ".join(name for name in DEMO_ROLES if name in names)
        print(f"Demonstration accounts: {listed} (the password is the name, unless changed)", flush=True)
    return DEMO_IS_MISSING if is_new_ledger() else 0


def prepare_static() -> int:
    """Collect the static files, compressed and named by their content, where the web process serves them from."""
    from django.core.management import call_command

    state = static_state()
    _stamp().unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    _stamp().write_text(state)
    return 0


def static_is_current() -> bool:
    """Whether the files collected last are still those of this version; needs no Django to tell."""
    stamp = _stamp()
    return stamp.exists() and stamp.read_text() == static_state()


def static_state() -> str:
    """One figure that changes when a static file, a package or a setting does."""
    digest = hashlib.sha256()
    for path in [HOUSE / "requirements.lock", HOUSE / "securecheck" / "settings.py"]:
        digest.update(path.read_bytes())
    for folder in [HOUSE / "static", *HOUSE.glob("*/static")]:
        for path in sorted(folder.rglob("*")):
            about = path.stat()
            digest.update(f"{path.relative_to(HOUSE)} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _stamp() -> Path:
    return data_folder() / "static.stamp"


def main(what: str) -> int:
    """Do it, and say in one sentence what went wrong; the whole story goes to a file in the data folder."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    steps: dict[str, tuple[str, Callable[[], int]]] = {
        "database": ("The database could not be brought up to date", prepare_database),
        "static": ("The static files could not be collected", prepare_static),
    }
    failure, step = steps[what]
    try:
        django.setup()
        return step()
    except ServerProblem as problem:
        print(problem, file=sys.stderr)
    except ImproperlyConfigured as wrong:
        if what == "database":  # both would say the same
            print(wrong, file=sys.stderr)
    except Exception as error:
        print(f"{failure}: {first_line(error).rstrip('.')}.{_kept_story()}", file=sys.stderr)
    return 1


def _kept_story() -> str:
    """Keep the traceback for whoever mends it; where nothing can be written, the sentence alone has to do."""
    path = data_folder() / "last-failure.txt"
    try:
        path.write_text(traceback.format_exc())
    except OSError:
        return ""
    return f" Details are in {path}."


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "securecheck.settings")
    sys.exit(main(sys.argv[1]))
