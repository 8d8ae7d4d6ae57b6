"""Settings of the tests: a data folder of their own, never the user's, and quick passwords.

The data folder must be chosen before the settings are read, and pytest-django reads them before any conftest.py.
"""

import atexit
import os
import shutil
import tempfile

folder = tempfile.mkdtemp(prefix="securecheck-tests-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
for name in ("SECRET_KEY", "SECURECHECK_KEY", "DEBUG", "ALLOWED_HOSTS", "DEMO"):
    os.environ.pop(name, None)
os.environ["SECURECHECK_DATA"] = folder
os.environ["DATABASE_URL"] = os.environ.get("SECURECHECK_TEST_DATABASE_URL", "")

from securecheck.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
