"""What the page of mail takes. A secret left empty stays as it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vivencia.lib.errors import VivenciaError
from vivencia.lib.safe_http import checked_public
from vivencia.outbox.compose import address, header

_HIDDEN = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class OneLine(forms.CharField):
    """Text for a header: a line break in it is refused, and said."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        return _ours(lambda: header(text, 200)) if text else ""


class OneAddress(OneLine):
    """One e-mail address, alone."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return _ours(lambda: address(text)) if text else ""


def _ours(check: Any) -> str:
    """What `check` answers; its refusal as the field's own."""
    try:
        return str(check())
    except VivenciaError as error:
        from django.utils.translation import get_language  # noqa: PLC0415

        raise forms.ValidationError(error.said(get_language() or "es")) from None


class MailForm(forms.Form):
    """The server mail leaves by, who it is from, and who signs it."""

    carrier = forms.ChoiceField(
        label=_("E-mail"),
        choices=[("local", _("keep it here, to be read")), ("smtp", _("send it by a server"))],
    )
    host = OneLine(label=_("Mail server"), max_length=255, required=False)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    security = forms.ChoiceField(
        label=_("Encryption"),
        choices=[("starttls", "STARTTLS"), ("tls", "TLS"), ("none", _("none, on this machine"))],
    )
    username = OneLine(label=_("User name"), max_length=255, required=False)
    password = forms.CharField(
        label=_("Password"), max_length=500, required=False, strip=False, widget=_HIDDEN,
        help_text=_("Left empty, the one kept stays."),
    )  # fmt: skip
    from_name = OneLine(label=_("From (name)"), max_length=100, required=False)
    from_address = OneAddress(label=_("From (address)"), max_length=254, required=False)
    reply_to = OneAddress(label=_("Answers go to"), max_length=254, required=False)
    dkim_domain = OneLine(label=_("Domain that signs (DKIM)"), max_length=253, required=False)
    dkim_selector = OneLine(label=_("Selector"), max_length=63, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("carrier") == "smtp":
            for name in ("host", "from_address"):
                if not given.get(name):
                    self.add_error(name, _("Sending by a server needs this."))
        return given


class ReturnForm(forms.Form):
    """Where bounces come back to, and how that mailbox is read."""

    bounce_address = OneAddress(
        label=_("Bounces come back to"), max_length=254, required=False,
        help_text=_("A mailbox whose server takes name+anything@domain."),
    )  # fmt: skip
    imap_host = OneLine(label=_("Server of that mailbox (IMAP)"), max_length=255, required=False)
    imap_port = forms.IntegerField(label=_("IMAP port"), min_value=1, max_value=65535)
    imap_username = OneLine(label=_("IMAP user name"), max_length=255, required=False)
    imap_password = forms.CharField(
        label=_("IMAP password"), max_length=500, required=False, strip=False, widget=_HIDDEN,
        help_text=_("Left empty, the one kept stays."),
    )  # fmt: skip
    imap_folder = OneLine(label=_("Folder"), max_length=100, required=False)


class GatewayForm(forms.Form):
    """How short messages leave."""

    gateway = forms.ChoiceField(
        label=_("Short messages"),
        choices=[
            ("local", _("keep them here, to be read")),
            ("console", _("write them in the server's terminal")),
            ("http", _("send them by a gateway")),
        ],
    )
    gateway_url = OneLine(label=_("Address of the gateway"), max_length=500, required=False)
    gateway_token = forms.CharField(
        label=_("Token of the gateway"), max_length=500, required=False, widget=_HIDDEN,
        help_text=_("Left empty, the one kept stays."),
    )  # fmt: skip

    def clean_gateway_url(self) -> str:
        url = self.cleaned_data["gateway_url"]
        return _ours(lambda: checked_public(url)) if url else ""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("gateway") == "http" and not given.get("gateway_url"):
            self.add_error("gateway_url", _("Sending by a gateway needs this."))
        return given


PARTS: dict[str, type[forms.Form]] = {
    "mail": MailForm, "back": ReturnForm, "short": GatewayForm,
}  # fmt: skip
