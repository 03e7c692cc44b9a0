"""What a password may be, beside what Django asks."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class MaximumLength:
    """No password so long that hashing it would keep the machine busy."""

    longest = 256

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > self.longest:
            raise ValidationError(
                _("Use at most %(longest)d characters.") % {"longest": self.longest},
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        return ""
