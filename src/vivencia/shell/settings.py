"""Django's settings: safe as installed, changed only by what the environment says.

VIVENCIA_DATA           the data directory (default ./vivencia-data)
DATABASE_URL            postgres://user:password@host/name keeps log and vault there instead of
                        in a file of the data directory (docs/run.md)
VIVENCIA_ENGINE         spark://host:port answers scores and journeys there (docs/scale.md)
VIVENCIA_LAKE           the copy it reads: an absolute folder, or s3://bucket/prefix
VIVENCIA_OUTSIDE        a folder of files that declare tables outside the log (docs/scale.md)
VIVENCIA_SECRET[_FILE]  the secret, when it is not kept in the data directory (lib/datadir.py)
VIVENCIA_URL            the address people use, e.g. https://vivencia.example.org: its host is
                        answered too, and https turns on secure cookies and HSTS
VIVENCIA_HOSTS          further host names to answer, separated by commas
VIVENCIA_PROXIES        how many proxies of ours stand in front (default 0: no header of
                        theirs is believed)
VIVENCIA_BACKUP_TO      where backups go every day, several places separated by ":"
VIVENCIA_BACKUP_HOUR    at what hour, in the organisation's time zone (default 3)
VIVENCIA_BACKUP_DAYS    how many days they are kept (default 14, at most 35)
VIVENCIA_OIDC_…         an identity provider to sign in with (people/oidc/config.py)
VIVENCIA_LOG            json writes the log as one JSON object a line (default plain)
VIVENCIA_LAG_LIMIT      seconds the columns may be behind the log before /readyz says no (60)
VIVENCIA_DEBUG          1 shows tracebacks in the browser: for developing only
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from vivencia.columns import engines, limits
from vivencia.interactions.database import PRAGMAS
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken
from vivencia.lib.given import whole_number
from vivencia.lib.postgres import choice
from vivencia.people.oidc import config as oidc
from vivencia.shell.backup import places

HERE = Path(__file__).resolve().parent.parent


# ------------------------------------------------------------------ what the environment says
DATA = DataDir.chosen().create()
SECRET_KEY = DATA.derived("django").hex()
DEBUG = os.environ.get("VIVENCIA_DEBUG") == "1"

PUBLIC_URL = os.environ.get("VIVENCIA_URL", "").rstrip("/")
_url = urlsplit(PUBLIC_URL)
if PUBLIC_URL and (_url.scheme not in ("http", "https") or not _url.hostname):
    raise Broken(
        es=f"VIVENCIA_URL no es una dirección web: «{PUBLIC_URL}».",
        en=f'VIVENCIA_URL is not a web address: "{PUBLIC_URL}".',
    )
HTTPS = _url.scheme == "https"
# What the links we send begin with; the server says its own where nobody said another.
SERVED_AT = PUBLIC_URL or "http://127.0.0.1:8000"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS += [_url.hostname] if _url.hostname else []
ALLOWED_HOSTS += [host.strip() for host in os.environ.get("VIVENCIA_HOSTS", "").split(",") if host]
BACKUP_PLACES = places.chosen()
BACKUP_HOUR = whole_number("VIVENCIA_BACKUP_HOUR", 3, 0, 23)
BACKUP_DAYS = whole_number("VIVENCIA_BACKUP_DAYS", 14, 1, 35)
engines.chosen()  # what can not be an engine stops the start
limits.memory_mb()  # nor what can not be a limit
OIDC = oidc.chosen()  # None where no identity provider is set
TRUSTED_PROXIES = int(os.environ.get("VIVENCIA_PROXIES", "0"))
LAG_LIMIT_S = float(os.environ.get("VIVENCIA_LAG_LIMIT", "60"))
LOG_LINES = os.environ.get("VIVENCIA_LOG", "plain")
if LOG_LINES not in ("plain", "json"):
    raise Broken(
        es=f"VIVENCIA_LOG es plain o json, no «{LOG_LINES}».",
        en=f'VIVENCIA_LOG is plain or json, not "{LOG_LINES}".',
    )

# ------------------------------------------------------------------ rooms
INSTALLED_APPS = [
    "vivencia.shell",
    "vivencia.connectors",
    "vivencia.reports",
    "vivencia.surveys",
    "vivencia.scores",
    "vivencia.journeys",
    "vivencia.columns",
    "vivencia.outbox",
    "vivencia.customers",
    "vivencia.touchpoints",
    "vivencia.interactions",
    "vivencia.people",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "vivencia.shell.urls"
ASGI_APPLICATION = "vivencia.shell.asgi.application"

MIDDLEWARE = [
    # Headers, host and size are seen to before Django (shell/security.py).
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "vivencia.shell.middleware.Surroundings",
    "vivencia.shell.middleware.Trailed",
    "vivencia.shell.middleware.DeclaredAccess",
    "vivencia.shell.middleware.PlainErrors",
    "vivencia.shell.waiting.Waiting",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vivencia.shell.context.surroundings",
            ],
        },
    }
]

FORM_RENDERER = "vivencia.shell.forms.Renderer"  # every field drawn in the look

# ------------------------------------------------------------------ the one database
DATABASES = {
    "default": {
        "ENGINE": "vivencia.lib.sqlite",
        "NAME": DATA.database,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": ";".join(PRAGMAS),
        },
    }
}
if _database_url := choice.url():
    choice.require_driver()
    from vivencia.lib.postgres.connection import parameters

    _told = parameters(_database_url)
    DATABASES["default"] = {
        "ENGINE": "vivencia.lib.postgres",
        "NAME": _told.pop("dbname", "vivencia"),
        "OPTIONS": _told,
    }

# ------------------------------------------------------------------ languages, times
LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
USE_TZ = True
TIME_ZONE = "UTC"  # kept; shown in the organisation's zone (shell/middleware.py)
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600

# ------------------------------------------------------------------ people
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "vivencia.people.passwords.MaximumLength"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    # Django's own list of 20,000, in the package: nothing is asked of the network.
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "vivencia.people.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False  # people/throttle.py counts, and survives a restart
# The second step of signing in; how it is kept, shown and lost is people/second_factor.
MFA_ADAPTER = "vivencia.people.second_factor.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
MFA_FORMS = {"authenticate": "vivencia.people.second_factor.forms.ChallengeForm"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
# fido2 takes https, and http on localhost: an address is no relying party.

# ------------------------------------------------------------------ sessions, cookies, bodies
SESSION_ENGINE = "vivencia.people.sessions"
SESSION_COOKIE_NAME = "__Host-vivencia" if HTTPS else "vivencia"
SESSION_COOKIE_AGE = 30 * 24 * 3600  # the longest that may be set; sessions end by the database
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-vivencia-csrf" if HTTPS else "vivencia-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
CSRF_FAILURE_VIEW = "vivencia.shell.views.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # a form; files are counted apart
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = DATA.uploads
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# What `check --deploy` may not ask of an installation that answers on its own machine only:
# there is no TLS on loopback. With VIVENCIA_URL=https://… nothing of this is silenced but
# HSTS preloading, which is for the owner of the whole domain to decide.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if not HTTPS:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W011", "security.W016"]
# X-Frame-Options is set with the other headers, before Django (shell/security.py).
SILENCED_SYSTEM_CHECKS += ["security.W002"]

# ------------------------------------------------------------------ files that come with us
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "vivencia.shell.static_files.Storage"},
}
MEDIA_ROOT = DATA.uploads  # never served

# ------------------------------------------------------------------ nothing leaves by itself
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "vivencia.shell.logs.Redacting",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
        "json": {"()": "vivencia.shell.logs.JsonLines"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_LINES}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Django would mail the administrators and keep request bodies: it only logs.
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "vivencia": {"level": "INFO"},
    },
}
