"""Settings of the tests: no broker, no hashing cost, TRUNCATE allowed (Django empties tables with it)."""

from config.settings import *  # noqa: F403

SECRET_KEY = "tests"  # noqa: S105
DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"  # noqa: F405  (no test needs it to be on disk)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
ALLOW_TRUNCATE = True
# The suite asks more than a user would.
API_REQUESTS_PER_MINUTE = 0
