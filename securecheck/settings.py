"""Settings of SecureCheck. One file; every choice of an installation is an environment variable (docs/running.md)."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from securecheck.keys import digest_key, kept_secret
from securecheck.postgres import data_folder, database

django_stubs_ext.monkeypatch()


def env_bool(name: str, default: bool) -> bool:
    text = os.environ.get(name, "").strip().lower()
    if text in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return default if not text else text in ("1", "true", "yes", "on")
    raise ImproperlyConfigured(f"{name} is “{text}”. Set it to 1 or 0.")


def env_number(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if text.isascii() and text.isdecimal():
        return int(text)
    if not text:
        return default
    raise ImproperlyConfigured(f"{name} is “{text}”. Set it to a whole number from 0 on.")


def env_list(name: str, default: list[str]) -> list[str]:
    text = os.environ.get(name, "")
    return [part.strip() for part in text.split(",") if part.strip()] or default


BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"
DEBUG = env_bool("DEBUG", False)
TESTING = "pytest" in sys.modules

# On the machine itself plain HTTP will do; as soon as another host name is served, everything is for TLS.
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", LOOPBACK)
LOCAL_ONLY = set(ALLOWED_HOSTS) <= {*LOOPBACK, "testserver"}
CSRF_TRUSTED_ORIGINS = [
    f"https://{'*' if host.startswith('.') else ''}{host}"  # a leading dot: the domain and all below it
    for host in ALLOWED_HOSTS
    if host not in LOOPBACK and host != "*"
]

DATA = data_folder()
UPLOADS = DATA / "uploads"
SECRET_KEY = kept_secret(DATA, local=LOCAL_ONLY or DEBUG)
SECURECHECK_KEY = digest_key(DATA)

INSTALLED_APPS = [
    "securecheck",
    "ledger",
    "insights",
    "prediction",
    "securecheck.admin_app.HouseAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.forms",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_tables2",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "procrastinate.contrib.django",
    "rest_framework",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",  # first and last: they count and time requests
    "securecheck.middleware.PrivateResponses",  # before all else, so that no error escapes its headers
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "securecheck.middleware.ExplainedAddresses",
    "ledger.middleware.AuditRefusals",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "securecheck.urls"
WSGI_APPLICATION = "securecheck.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "securecheck.context.frame",
            ]
        },
    }
]
FORM_RENDERER = "securecheck.forms.FieldRenderer"

DATABASES = {"default": database()}
PREPARED_STATEMENTS = env_bool("PREPARED_STATEMENTS", True)  # off behind a pooler that cannot keep them
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "securecheck.tokens.EndsTokens"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = (
    True  # desks are shared; the server ends the session after twelve hours all the same
)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # htmx and the draft saver read it; the token is no secret of its own
CSRF_FAILURE_VIEW = "securecheck.views.explain_csrf"

# Anything but the machine itself is served over TLS, ended by a proxy that sets X-Forwarded-Proto.
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL_ONLY
SECURE_PROXY_SSL_HEADER = None if LOCAL_ONLY else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]  # asked for on the machine itself
SECURE_HSTS_SECONDS = 0 if LOCAL_ONLY else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL_ONLY
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES = env_number("TRUSTED_PROXIES", 0)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
FORMAT_MODULE_PATH = ["securecheck.formats"]
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": UPLOADS}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = DEBUG or TESTING

FIXTURE_DIRS = [BASE_DIR / "fixtures"]
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # the form takes fewer, and says so
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
MAX_UPLOAD_BYTES = env_number("MAX_UPLOAD_MB", 200) * 1024 * 1024
MAX_UNPACKED_BYTES = env_number("MAX_UNPACKED_MB", 8192) * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_HANDLERS = [
    "ledger.imports.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

PROCRASTINATE_WORKER_DEFAULTS = {
    "update_heartbeat_interval": 1.0,
    "stalled_worker_timeout": 5.0,
    "shutdown_graceful_timeout": 3.0,
    "concurrency": 1,
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["securecheck.api.permissions.Permitted"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": os.environ.get("API_RATE", "300/min")},
    "EXCEPTION_HANDLER": "securecheck.api.handling.explain",
    "URL_FORMAT_OVERRIDE": None,  # `format` chooses a download on the pages; here all is JSON
}
# Calls of ATLShield's clients at their old addresses, without /api: "" closes them, "token" asks for one, "open" does not.
OLD_CRIME_ADDRESSES = os.environ.get("OLD_CRIME_ADDRESSES", "").strip().lower()
if OLD_CRIME_ADDRESSES not in ("", "token", "open"):
    raise ImproperlyConfigured(
        f"OLD_CRIME_ADDRESSES is “{OLD_CRIME_ADDRESSES}”. Set it to token or open, or leave it out."
    )
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "TOKEN_PREFIX": "", "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "SecureCheck",
    "DESCRIPTION": "Figures of the ledger of police stops, the stops within reach, and code lists. Read only.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["securecheck.api.permissions.Permitted"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": None,
    "COMPONENT_SPLIT_REQUEST": True,
}

# Metrics: closed without a token. Few buckets, since each is a line for every address and method.
METRICS_TOKEN = os.environ.get("SECURECHECK_METRICS_TOKEN", "").strip()
PROMETHEUS_LATENCY_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, float("inf"))

DJANGO_TABLES2_TEMPLATE = "tables/table.html"
DEMO = env_bool("DEMO", LOCAL_ONLY)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.security.csrf": {"level": "ERROR"}, "django.request": {"level": "ERROR"}},
}
