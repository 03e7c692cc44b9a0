"""The staff, what they may do, how they come in, and what they did.

No secret is kept as it is: passwords by Argon2, sessions, links and keys by a keyed hash.
Times are whole milliseconds of UTC since 1970, save those Django itself asks for.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from vivencia.lib.clock import now_ms


class Role(models.TextChoices):
    """What a person is here for; the policy table (policy.py) says what each may do."""

    administrator = "administrator", _("Administrator")
    manager = "manager", _("Manager")
    analyst = "analyst", _("Analyst")
    agent = "agent", _("Agent")
    protection = "protection", _("Data protection")


class Department(models.Model):
    """A part of the organisation that answers for touchpoints and employs people."""

    name = models.CharField(_("name"), max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=as_written_once(username or ""))


class User(AbstractBaseUser):
    """A member of staff. Signs in with an e-mail address; nobody signs up by themselves."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.agent)
    department = models.ForeignKey(
        Department,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("department"),
    )
    language = models.CharField(
        _("language"), max_length=2, blank=True, choices=[("es", "Español"), ("en", "English")]
    )
    is_active = models.BooleanField(default=True)
    created_at = models.BigIntegerField(default=now_ms)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["name", "email"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """Up to two capitals for the round chip beside a name."""
        words = self.name.split() or [self.email]
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()


class SignInToken(models.Model):
    """A link that signs in once, within an hour. Only its digest is here."""

    class Purpose(models.TextChoices):
        start = "start"  # the first person of a new installation, or of the demo
        invite = "invite"
        reset = "reset"

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=10, choices=Purpose)
    user = models.ForeignKey(User, models.CASCADE, null=True)
    expires_at = models.BigIntegerField()
    spent_at = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class Session(AbstractBaseSession):
    """A signed-in browser. `session_key` is a keyed hash of the cookie, never the cookie."""

    user = models.ForeignKey(User, models.CASCADE, null=True)
    signed_in_at = models.BigIntegerField(null=True)
    last_used_at = models.BigIntegerField(default=now_ms)  # to five minutes
    device = models.CharField(max_length=60, blank=True)  # e.g. "Firefox · Linux"
    network = models.CharField(max_length=50, blank=True)  # the /24 or /64 it was opened from

    class Meta(AbstractBaseSession.Meta):
        pass

    @classmethod
    def get_session_store_class(cls) -> type:
        from vivencia.people.sessions import SessionStore  # noqa: PLC0415 (it needs this model)

        return SessionStore


class RecoveryCode(models.Model):
    """One of ten codes that stand in once for a lost second factor; only a keyed hash of it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    mac = models.CharField(max_length=64)
    spent_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "mac"], name="one_code_once")]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class ProviderAccount(models.Model):
    """Whom the identity provider's `subject` is here; "" while an administrator lets somebody
    join whom it has not brought yet. Who is joined comes in there, by a link, and no other way."""

    user = models.OneToOneField(User, models.CASCADE, related_name="provider_account")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255, blank=True)
    since = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                condition=~models.Q(subject=""),
                name="one_person_per_subject",
            )
        ]

    def __str__(self) -> str:
        return f"provider account {self.pk}"


class SignInAttempt(models.Model):
    """A failed sign-in, by keyed hash of the account or the network it came from."""

    key = models.CharField(max_length=32)
    at = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="attempts_by_key")]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class ApiKey(models.Model):
    """What lets a program in: a readable prefix, and a keyed hash of the whole key."""

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    mac = models.CharField(max_length=64)
    scopes = models.CharField(max_length=200)
    verified = models.BooleanField(default=False)
    created_at = models.BigIntegerField(default=now_ms)
    revoked_at = models.BigIntegerField(null=True)
    last_used_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "people_apikey"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """Who did what, to which thing, when, and how it went; in the order of the keys.

    Made by audit/actions.py alone: `seal` follows from the entry before (audit/chain.py).
    """

    at = models.BigIntegerField(default=now_ms, db_index=True)
    # A person is closed, not deleted: what they did stays theirs.
    who = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    door = models.CharField(max_length=10)  # page, command or api
    what = models.CharField(max_length=60, db_index=True)  # an action, e.g. "people.changed"
    thing = models.CharField(max_length=100, blank=True)  # e.g. "user:3"
    result = models.CharField(max_length=20, default="done")
    detail = models.TextField(blank=True)  # erased after 90 days, with its chance
    detail_chance = models.BinaryField(default=bytes)
    detail_seal = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.what} {self.thing}"


class AuditEnds(models.Model):
    """Where the audit trail begins and ends, sealed, so that neither can be cut off; row 1."""

    first = models.BigIntegerField(default=0)  # the key of the oldest entry kept
    before_seal = models.CharField(max_length=64)  # the seal it follows
    last = models.BigIntegerField(default=0)
    last_seal = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, blank=True)
    checked_at = models.BigIntegerField(null=True)
    trouble = models.TextField(blank=True)  # what the last check found

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"

    @property
    def sealed(self) -> tuple[int, str, int, str]:
        return self.first, self.before_seal, self.last, self.last_seal


class SavedView(models.Model):
    """A page with its filters, under a name; its owner's alone, or everybody's to open."""

    user = models.ForeignKey(User, models.CASCADE, related_name="views")
    name = models.CharField(_("name"), max_length=60)
    page = models.CharField(max_length=20)  # the name of its address (saved/addresses.py)
    query = models.TextField(blank=True)
    shared = models.BooleanField(default=False)
    created_at = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="one_view_per_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where it leads: a path of ours and its query."""
        from vivencia.people.saved.addresses import Address  # noqa: PLC0415 (it needs urls)

        return str(Address(self.page, self.query))


class Organisation(models.Model):
    """The one organisation of this installation: a single row, id 1."""

    name = models.CharField(_("name of the organisation"), max_length=100, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    language = models.CharField(
        _("language"),
        max_length=2,
        default="es",
        choices=[("es", "Español"), ("en", "English")],
    )
    demo = models.BooleanField(default=False)
    second_factor = models.CharField(max_length=100, blank=True)  # roles that need one
    session_idle_minutes = models.PositiveIntegerField(default=12 * 60)
    session_longest_hours = models.PositiveIntegerField(default=14 * 24)

    def __str__(self) -> str:
        return self.name


def as_written_once(email: str) -> str:
    """One spelling for each address, so that capitals do not make two people of one."""
    return email.strip().casefold()
