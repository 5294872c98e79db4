"""Settings of a running practice.

Everything that differs between two installations comes from the environment; everything else is here, with
the safest value as the default (référentiel E-DEV-1). There is no DEBUG switch: error pages never show code.
"""

import os
from pathlib import Path

from serment.config import database
from serment.config.machine import machine_secret

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", "var/practice")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

DEBUG = False
SECRET_KEY = machine_secret(DATA_DIR / "machine.key")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "serment.vault",
    "serment.journal",
    "serment.practice",
    "serment.access",
    "serment.catalogues",
    "serment.patients",
    "serment.agenda",
    "serment.record",
    "serment.results",
    "serment.letters",
    "serment.prescribing",
    "serment.billing",
    "serment.transmission",
    "serment.operations",
    "serment.privacy",
    "serment.retention",
    "serment.conformity",
    "serment.site",
    "serment.cli",
]

MIDDLEWARE = [
    "serment.config.security.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "serment.access.middleware.SessionMiddleware",
    "serment.access.middleware.PermissionMiddleware",
    "serment.operations.gate.InterventionMiddleware",
    "serment.privacy.limitation.LimitationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "serment.config.urls"
WSGI_APPLICATION = "serment.config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["serment.site.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "serment.site.context.shell",
            ],
        },
    }
]

_url = os.environ.get("DATABASE_URL", "")
DATABASES = {"default": database.from_url(_url) if _url else database.sqlite(DATA_DIR / "serment.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["serment.config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", DATA_DIR / "static"))
STATICFILES_DIRS: list[Path] = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "documents"

# Cookies: only the session, the CSRF token and the one-shot messages (no consent banner is due: E-WEB-3).
SESSION_COOKIE = "serment"
SECURE_COOKIES = os.environ.get("SECURE_COOKIES", "0") == "1"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "serment.site.errors.csrf_failure"
MESSAGE_STORAGE = "serment.config.flash.SealedCookieStorage"
SESSION_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"

DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["serment.config.uploads.MemoryOnlyHandler"]

# Argon2id: RFC 9106 §4, second recommended option (64 MiB, 3 passes, 4 lanes).
ARGON2 = {"memory_cost": 64 * 1024, "iterations": 3, "lanes": 4}
JOURNAL_ANCHOR = Path(os.environ.get("JOURNAL_ANCHOR", DATA_DIR / "journal.anchor"))
ARCHIVE_DIR = Path(os.environ.get("ARCHIVE_DIR", DATA_DIR / "archives"))
CLAMD_SOCKET = os.environ.get("CLAMD_SOCKET")
RESULTS_DIR = os.environ.get("RESULTS_DIR")
AGENT_KEY_DIR = Path(os.environ.get("AGENT_KEY_DIR", DATA_DIR / "agent"))
FSE_ENGINE = os.environ.get("FSE_ENGINE", "")
FSE_ENGINE_TOKEN_FILE = os.environ.get("FSE_ENGINE_TOKEN_FILE", "")
DEGRADED_DIR = os.environ.get("DEGRADED_DIR")
BACKUP_DIR = Path(os.environ.get("BACKUP_DIR", DATA_DIR / "backups"))
DEMO = os.environ.get("SERMENT_DEMO", "0") == "1"
WEBAUTHN_RP_ID = os.environ.get("WEBAUTHN_RP_ID", "localhost")

SERVICE_LOG = DATA_DIR / "service.log"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "serment.config.security.RedactFilter"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["redact"]},
        "service": {"class": "serment.config.service_log.ServiceLogHandler", "filename": str(SERVICE_LOG)},
    },
    "root": {"handlers": ["console", "service"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
