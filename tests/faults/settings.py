"""Settings of the fault tests: real workers on the filesystem broker, short leases, failpoints, small chunks."""

from config.settings import *  # noqa: F403
from config.settings import BROKER_FOLDER, DATA_FOLDER, DATABASES, INSTALLED_APPS, env

DATABASES["default"] |= {"NAME": env.str("FAULT_DATABASE"), "HOST": env.str("FAULT_HOST"), "EMBEDDED": ""}

FAILPOINTS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SYNC_LEASE_SECONDS = 3
SYNC_CHUNK_SIZE = SYNC_CHUNK_LEAST = env.int("FAULT_CHUNK", default=50)
SYNC_WAKE_SECONDS = 1
CELERY_BEAT_SCHEDULER = "celery.beat:PersistentScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_FOLDER / "beat")
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "sync.tasks.sweep", "schedule": 1.0, "options": {"expires": 5.0}}}
for _folder in ("messages", "control"):
    (BROKER_FOLDER / _folder).mkdir(parents=True, exist_ok=True)
if env.str("FAULT_POISON", default=""):
    INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.poison.Poison"]
ROOT_URLCONF = "tests.faults.urls"
