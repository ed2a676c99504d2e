"""Settings of the test run: the production shape without https, everything kept in memory or a throw-away folder."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests-" * 5)
os.environ.setdefault("DEBUG", "false")
os.environ.setdefault("BIGEP_HTTPS", "false")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
if "BIGEP_VAR" not in os.environ:
    os.environ["BIGEP_VAR"] = tempfile.mkdtemp(prefix="bigep-test-")
    atexit.register(shutil.rmtree, os.environ["BIGEP_VAR"], ignore_errors=True)
os.environ.setdefault("BIGEP_EMAIL_URL", "memorymail://")
os.environ.setdefault("BROKER_URL", "memory://")
os.environ.setdefault("CACHE_URL", "locmem://")
os.environ.setdefault("LOG_LEVEL", "WARNING")

from bigep.settings import *  # noqa: F403
from bigep.settings import CACHE_URL, CACHES, DATABASES, STATIC_ROOT, STORAGES, VAR

if CACHE_URL == "locmem://":
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A real file, so that threads and other processes see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
