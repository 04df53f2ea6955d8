"""One settings file; what differs between a laptop, a test and a server is in the environment.

`.env.example` lists the variables. Importing this never fails for want of one: commands that need
no service (lint_process, check_language, makemigrations) run anywhere, while servers refuse to
start on an unsafe configuration (config.checks).
"""

import os
import secrets
import warnings
from pathlib import Path

import django_stubs_ext

from config.databases import databases
from config.environment import endpoints, flag, words

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
BPMN_DIR = BASE_DIR / "bpmn"

# production unless somebody says otherwise: manage.py says so when it starts embedded services.
SANFANG_ENV = os.environ.get("SANFANG_ENV", "production")
PRODUCTION = SANFANG_ENV == "production"

SECRET_KEY = os.environ.get("SECRET_KEY") or ("" if PRODUCTION else secrets.token_urlsafe(50))
# 32 random bytes in base64; wraps every school's key (parties.crypto). A new root key goes in front
# and the old ones stay behind it, separated by commas, until `rotate_keys` has run.
SANFANG_ROOT_KEY = os.environ.get("SANFANG_ROOT_KEY", "")
# 32 random bytes in base64 for blind indexes (look-up by phone); never rotated. Without it the
# oldest root key serves, so set it before that one is dropped.
SANFANG_INDEX_KEY = os.environ.get("SANFANG_INDEX_KEY", "")
DEBUG = flag("DEBUG")
# Lets demo, drills and chaos move school time; refused in production.
DRILL_CLOCK = flag("DRILL_CLOCK")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,testserver")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
# What a link in a notice begins with.
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "ledger",
    "parties",
    "records",
    "workflow",
    "portal",
    "api",
    "config",
]
MIDDLEWARE = [
    "config.headers.SafeHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

# --- database ------------------------------------------------------------------------------------
DATABASES = databases(
    url=os.environ.get("DATABASE_URL", ""),
    owner_url=os.environ.get("DATABASE_OWNER_URL", ""),
    persistent=PRODUCTION,
)
# The plain role in DATABASE_URL: migrations give it its rights.
DATABASE_APP_ROLE = os.environ.get("DATABASE_APP_ROLE", "sanfang_app")
DATABASE_ROUTERS = ["config.databases.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- attachments: encrypted files (records.vault), outside of what the web serves ----------------
ATTACHMENTS_DIR = Path(
    os.environ.get("ATTACHMENTS_DIR")
    or Path(os.environ.get("SANFANG_DATA") or BASE_DIR / ".data") / "attachments"
).absolute()

# --- people --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "parties.Account"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- printing ------------------------------------------------------------------------------------
#: Where the Chinese fonts of PDF lie; empty: the system's folders, then the package mplfonts.
FONT_FOLDERS = [
    Path(folder) for folder in os.environ.get("SANFANG_FONTS", "").split(os.pathsep) if folder
]

# --- web -----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / ".static"))
WHITENOISE_USE_FINDERS = not PRODUCTION
if not PRODUCTION:  # nothing has been collected; WhiteNoise finds the files where they are
    warnings.filterwarnings("ignore", message="No directory at")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# TLS ends at the proxy in front of gunicorn; without one (a LAN trial) say SECURE_COOKIES=0.
SECURE_COOKIES = PRODUCTION and os.environ.get("SECURE_COOKIES", "1") != "0"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_ENGINE = "parties.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # seconds: one long duty shift
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
CSRF_FAILURE_VIEW = "config.faults.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"  # a one-time link must not travel in a Referer
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Whom anybody may call at once; shown before any form and on every receipt.
CRISIS_NUMBERS = [
    tuple(entry.split("=", 1))
    for entry in words("CRISIS_NUMBERS", "110=公安报警,120=医疗急救,12345=政务服务（民政）")
]

# api.views.ApiView says the rest: naming our own classes here would import them in a circle.
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "api.errors.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "三方 Sanfang API",
    "DESCRIPTION": "家校档案与个案流程：学校、家庭与实习企业共用。",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "CaseState": "workflow.models.Case.State",
        "TaskState": "workflow.models.HumanTask.State",
        "EscalationState": "workflow.models.Escalation.State",
        "CaseChannel": "workflow.models.Case.Channel",
        "MatterTrigger": "workflow.models.Matter.Trigger",
        "AttemptChannel": "records.models.MeetingAttempt.Channel",
        "AttemptOutcome": "records.models.MeetingAttempt.Outcome",
        "TriedChannel": "records.models.meeting_file.TRIED_CHANNELS",
        "TriedOutcome": "records.models.meeting_file.TRIED_OUTCOMES",
        "ContactChannel": "records.models.NoticeContact.Channel",
        "ContactOutcome": "records.models.NoticeContact.Outcome",
        "InvitationAnswer": "records.models.MeetingInvitee.Answer",
        "ItemKind": "records.models.ActionItem.Kind",
        "MeetingKind": "records.models.Meeting.Kind",
        "MeetingPlace": "records.models.MeetingSlot.Place",
        "PaperKind": "records.models.PreparedItem.Kind",
        "ParticipantCapacity": "records.models.Participant.Capacity",
        "PartySide": "records.models.ActionItem.Party",
        "NoticeField": ["title", "body"],
        "ReceiptState": "records.models.notice_receipt.SHOWN_STATES",
        "RecordPlace": "records.models.CommunicationRecord.Place",
        "RecordTrigger": "records.models.CommunicationRecord.Trigger",
    },
}

# --- broker: a wake-up only, see config/celery.py ------------------------------------------------
REDIS_URL = os.environ.get("REDIS_URL", "")

# --- telling people ------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")  # empty: no mail, and every one promised says so
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 5  # seconds: shorter than nothing else holds a crisis lease
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "sanfang@localhost")
SMS_GATEWAY_URL = os.environ.get("SMS_GATEWAY_URL", "")
SMS_GATEWAY_SECRET = os.environ.get("SMS_GATEWAY_SECRET", "")
# {"school:<code>" or "company:<uscc>": {"url": "https://...", "secret": "whsec_..."}}
WEBHOOKS = endpoints("WEBHOOKS")
# Lets a webhook lead to http:// and to addresses inside; for tests and for a school's own network.
WEBHOOK_ALLOW_PRIVATE = flag("WEBHOOK_ALLOW_PRIVATE")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if PRODUCTION else "plain",
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    # Two lines for every sweep, each second, would bury what matters; httpx writes whole addresses,
    # and a gateway's may hold its password.
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("celery.app.trace", "celery.beat", "celery.worker.strategy", "httpx")
    },
}
