"""Settings of the test-suite: the same program, on throw-away data and with a cheap password hash."""

import os
import tempfile

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="serment-test-")

from serment.config.settings import *

ARGON2 = {"memory_cost": 64, "iterations": 1, "lanes": 1}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["*"]
