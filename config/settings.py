"""Settings for every way to run: embedded (the default, needs no configuration) and production (`TANDEM_ENV`).

Everything that differs between installations is an environment variable; a malformed one stops the start.
"""

from __future__ import annotations

import os
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import wiring
from config.folders import ROOT, data_folder
from config.keys import stored_key
from config.languages import LANGUAGES as LANGUAGES
from config.languages import install_fallbacks
from config.logs import logging_settings

env = environ.Env()


def flag(name: str, *, default: bool) -> bool:
    """Return a yes-or-no setting; a word that is neither stops the start (environ would read it as no)."""
    value = env.str(name, default="yes" if default else "no").strip().lower()
    words = dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(("0", "false", "no", "off", ""), False)
    if value not in words:
        raise ImproperlyConfigured(f"{name} is yes or no, not {value!r}.")
    return words[value]


TANDEM_ENV = env.str("TANDEM_ENV", default="embedded")
if TANDEM_ENV not in ("embedded", "production"):
    raise ImproperlyConfigured(f"TANDEM_ENV is embedded or production, not {TANDEM_ENV!r}.")
IS_PRODUCTION = TANDEM_ENV == "production"
DATA_FOLDER = data_folder()

DEBUG = flag("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])


def secret(name: str, file: str) -> str:
    """Return a key from the environment; without one production refuses to start, others keep one of their own."""
    given = env.str(name, default="")
    if given:
        return str(given)
    if IS_PRODUCTION:
        raise ImproperlyConfigured(f"Set {name}: production has no key of its own.")
    return stored_key(DATA_FOLDER / "keys" / file)


SECRET_KEY = secret("SECRET_KEY", "secret")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Fernet keys, the first one encrypts, all of them decrypt (several during a rotation).
ENCRYPTION_KEYS = secret("ENCRYPTION_KEYS", "encryption").split(",")

# --- Applications -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "django_celery_beat",
    "config",
    *wiring.APPS,
]
MIDDLEWARE = [
    "config.health.HealthMiddleware",
    "config.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.middleware.SignInRequiredMiddleware",
    "people.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
# Packages of coupling pairs, each with a `mapping.py`: every folder in coupling/pairs, and others by their name.
TANDEM_PAIRS: list[str] = wiring.pairs(*env.list("TANDEM_PAIRS", default=[]))
# A webhook may call an address inside the own network only where this says so.
WEBHOOK_PRIVATE_ADDRESSES = flag("TANDEM_WEBHOOK_PRIVATE", default=False)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "pages.shell.context",
            ],
        },
    },
]
ERP_PRODUCT_NAME = env.str("ERP_PRODUCT_NAME", default="Business Central")
CRM_PRODUCT_NAME = env.str("CRM_PRODUCT_NAME", default="Dynamics 365 Sales")

# --- Database ---------------------------------------------------------------------------------------------------------
# Long connections, checked before use; time-outs of the session protect everybody from a forgotten transaction.
STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", default=600_000)
SESSION_OPTIONS = (
    f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c idle_in_transaction_session_timeout=300000 -c timezone=UTC"
)
DATABASES = {
    "default": {
        **(env.db_url("DATABASE_URL") if env.str("DATABASE_URL", default="") else {}),
        "ENGINE": "config.database",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
IS_EMBEDDED_DATABASE = not env.str("DATABASE_URL", default="")
if IS_EMBEDDED_DATABASE:
    if IS_PRODUCTION:
        raise ImproperlyConfigured("Set DATABASE_URL: production does not use the embedded database.")
    from config.cluster import DATABASE, PORT, ROLE, socket_folder

    DATABASES["default"] |= {
        "NAME": DATABASE,
        "USER": ROLE,
        "HOST": str(socket_folder(DATA_FOLDER)),
        "PORT": PORT,
        # The processes of script/server leave starting to their supervisor; all others start it when they need it.
        "EMBEDDED": "" if env.str("TANDEM_PROCESS", default="") else str(DATA_FOLDER),
    }
DATABASES["default"].setdefault("OPTIONS", {})["options"] = SESSION_OPTIONS

# --- Broker: only a doorbell; the truth is in the database ------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
BROKER_FOLDER = DATA_FOLDER / "broker"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "visibility_timeout": 3600,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "health_check_interval": 15,
    }
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_FOLDER / "messages"),
        "data_folder_out": str(BROKER_FOLDER / "messages"),
        "control_folder": str(BROKER_FOLDER / "control"),
        "polling_interval": 0.1,
    }
# A worker whose polls get no answer for so long ends and is started anew; 0 for never.
BROKER_SILENCE_SECONDS = env.float("BROKER_SILENCE_SECONDS", default=30.0)
# Megabytes of memory that a worker process may have of its own; 0 for any.
WORKER_MEMORY_MB = env.int("WORKER_MEMORY_MB", default=2048)
# Limits of the synchronization, where they are to differ from those in sync/conf.py.
for _name in ("SYNC_MAX_LOSSES", "SYNC_ALONE_SECONDS", "SYNC_ALONE_MB", "SYNC_SILENT_SECONDS", "SYNC_CHUNK_SECONDS"):
    if env.str(_name, default=""):
        globals()[_name] = env.float(_name)
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "sync.tasks.sweep", "schedule": 5.0, "options": {"expires": 5.0}},
}

# --- People -----------------------------------------------------------------------------------------------------------
LOGIN_URL = "people.sign_in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# How many proxies in front of us add to X-Forwarded-For; the header of anybody else means nothing.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
# Requests to the API of one user, or of one address without a user; 0 for no limit. More are answered 429.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=3000)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "people.views.sign_in.csrf_failure"
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- Languages --------------------------------------------------------------------------------------------------------
install_fallbacks()
LANGUAGE_CODE = "en"
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # it would group the digits of keys in addresses; pages group amounts themselves

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_FOLDER / "static"
STATICFILES_DIRS = [path for path in (ROOT / "static",) if path.is_dir()]
MEDIA_ROOT = DATA_FOLDER / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Longer requests end at the web server, without words; what is shorter and still too long gets its message from us.
MAX_REQUEST_BYTES = env.int("MAX_REQUEST_BYTES", default=4 * 1024**3)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_PERMISSIONS = 0o600

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "people.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["pages.api.throttle.PerMinute"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "pages.api.errors.handle",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "Tandem",
    "VERSION": "v1",
    "OAS_VERSION": "3.1.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
}

# --- Security ---------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if IS_PRODUCTION:
    SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = flag("SECURE_HSTS_PRELOAD", default=True)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
    if flag("BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING_CONFIG = "config.logs.configure"
LOGGING = logging_settings(os.environ.get("LOG_LEVEL", "INFO"))
FIXTURE_DIRS: list[Path] = []
