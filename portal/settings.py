"""One file for every place: places differ by environment variables, never by module (see .env.example)."""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def required(name):
    try:
        return os.environ[name]
    except KeyError:
        message = f"The environment variable {name} is missing. .env.example says what it is; `make run` sets it."
        raise ImproperlyConfigured(message) from None


def flag(name, *, default=False):
    return os.environ.get(name, str(int(default))) == "1"


def listed(name, default=""):
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


# What this place is

SECRET_KEY = required("SECRET_KEY")
DEBUG = flag("DEBUG")
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")
# Sample people, the sample phone page and printed sign-ins. `check --deploy` refuses it.
SAMPLE_DATA = flag("SAMPLE_DATA")
if SAMPLE_DATA and not {"127.0.0.1", "localhost", "[::1]"}.issuperset(ALLOWED_HOSTS):
    message = "SAMPLE_DATA=1 shows everybody's codes on one page, so it serves this machine alone: unset ALLOWED_HOSTS."
    raise ImproperlyConfigured(message)
# Behind TLS everywhere but on a developer's own machine.
INSECURE_HTTP = flag("INSECURE_HTTP")
HELPLINE = os.environ.get("HELPLINE", "0800-00000")

# Apps, from the top floor to the lowest (docs/architecture.md)

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "reports",
    "formalisation",
    "training",
    "loans",
    "casework",
    "enterprises",
    "accounts.apps.AccountsConfig",
    "messaging",
    "journal",
    "places",
    "kit",
    "accounts.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # the widgets' templates, which FORM_RENDERER reads from here
    "django.contrib.postgres",
    "django_otp",
    "accounts.apps.SecondFactorConfig",
    "rules.apps.AutodiscoverRulesConfig",
    "crispy_forms",
    "django_htmx",  # for its htmx.min.js alone
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "kit.middleware.ReadableRequests",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random, so that sizes do not tell what a page holds (BREACH)
    "django.middleware.http.ConditionalGetMiddleware",  # a public page that has not changed is not sent again
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "kit.middleware.CookieSentOnce",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.DoorMiddleware",
    "portal.pointers.PointerMiddleware",
    "kit.again.RefusedForms",
    "journal.middleware.EditConflictMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["rules.W001"]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["kit.loaders.Loader", "django.template.loaders.app_directories.Loader"],
                ),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.portal",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "ralli"
CRISPY_TEMPLATE_PACK = "ralli"
CRISPY_FAIL_SILENTLY = DEBUG

# PostgreSQL: the ledger of everything, sessions and rate limits included

DATABASES = {"default": dj_database_url.parse(required("DATABASE_URL"), conn_max_age=600, conn_health_checks=True)}
DATABASES["default"]["TEST"] = {"NAME": "test_portal" + os.environ.get("TEST_DB_SUFFIX", "")}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# What kit/given.py prepares is planned once a connection, not at each asking. Behind a pool that changes connections
# between transactions nothing can be prepared.
if flag("DATABASE_BEHIND_POOL"):
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
else:
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c plan_cache_mode=force_generic_plan")
# Sessions stand in the database and the few counters that a cache would hold are rows too: no cache to lose.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    # Pages that are the same for every visitor, in each process: see kit/keeping.py.
    "minute": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "minute", "TIMEOUT": 60},
}
SESSION_COOKIE_AGE = 60 * 60 * 8
SESSION_SAVE_EVERY_REQUEST = False
# Cookies beside the session that lead to what somebody wrote: a registration, and its confirmation.
FORGOTTEN_AT_SIGN_OUT = ["registration"]

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend", "rules.permissions.ObjectPermissionBackend"]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "portal:home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
OTP_TOTP_ISSUER = "Small Business Portal"

# Language, time, figures

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["portal.formats"]
LANGUAGES = [("en", "English"), ("ur", "اردو")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
TIME_ZONE = "Asia/Karachi"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# Files

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / ".local" / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
# What people send is private: random names, outside every folder that a web server shows (docs/deploying.md).
FILE_UPLOAD_HANDLERS = ["kit.uploads.BoundedUpload"]
UPLOAD_MOST_BYTES = 10 * 1024 * 1024
# The virus scanner: unix:///run/clamav/clamd.ctl or tcp://host:3310. Unset: papers are marked "not scanned".
CLAMD_URL = os.environ.get("CLAMD_URL", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# Celery and messages

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "memory://")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
MESSAGE_GATEWAY_URL = os.environ.get("MESSAGE_GATEWAY_URL", "")
MESSAGE_GATEWAY_TOKEN = os.environ.get("MESSAGE_GATEWAY_TOKEN", "")
# 0 for a gateway that would send a repeated message twice: what got no answer then asks for a person's eye.
MESSAGE_GATEWAY_IDEMPOTENT = flag("MESSAGE_GATEWAY_IDEMPOTENT", default=True)
MESSAGE_ATTEMPTS = int(os.environ.get("MESSAGE_ATTEMPTS", "8"))
MESSAGE_LEASE_SECONDS = float(os.environ.get("MESSAGE_LEASE_SECONDS", "20"))
MESSAGE_FIRST_RETRY_SECONDS = float(os.environ.get("MESSAGE_FIRST_RETRY_SECONDS", "4"))

# Security (docs/deploying.md; OWASP ASVS level 2 is the bar)

SECURE_SSL_REDIRECT = not (INSECURE_HTTP or DEBUG)
BEHIND_PROXY = flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 0 if INSECURE_HTTP else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not INSECURE_HTTP
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not INSECURE_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "kit.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

# Logs are JSON lines with ids, never names, phones or identity numbers

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kit.logs.JsonLines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["lines"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {"django.server": {"handlers": ["lines"], "propagate": False}},
}

# What the programme has agreed, where it is one number for all; dated or local figures are rows in admin

FIRST_CONTACT_WORKING_DAYS = 2
NAME_OF_PORTAL = _("Small Business Portal")
