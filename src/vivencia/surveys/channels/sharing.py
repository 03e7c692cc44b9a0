"""Links for all and widgets: every write of them. The token is sealed, to be shown again."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.db import transaction

from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.errors import BadInput, Conflict, NotFound
from vivencia.lib.sealed import seal, unseal
from vivencia.people.actions import audit
from vivencia.people.models import User
from vivencia.surveys.answering import actions, links
from vivencia.surveys.answering.actions import on_connection
from vivencia.surveys.models import Share, Survey

MOST_DAYS = 3650
MOST_ORIGINS = 20
LONGEST_LABEL = 80
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*", re.ASCII)


@transaction.atomic
def open_link(
    actor: User | None, survey: Survey, *, label: str = "", days: int = 0, sort: str = "link"
) -> Share:
    """A new link that anybody may answer by, for `days` (0: for as long as links live)."""
    if not survey.is_open:
        raise Conflict(
            es="Publica la encuesta antes de compartirla.",
            en="Publish the survey before you share it.",
        )
    if not 0 <= days <= MOST_DAYS:
        raise BadInput(
            es=f"Un enlace dura de 1 a {MOST_DAYS} días.",
            en=f"A link lives from 1 to {MOST_DAYS} days.",
        )
    expires_at = now_ms() + days * DAY_MS if days else 0
    key, token = actions.make_link(survey, entry=links.OPEN, expires_at=expires_at)
    share = Share.objects.create(
        link_id=key, sort=sort, label=label.strip()[:LONGEST_LABEL],
        token=seal(token.encode(), "token"),
    )  # fmt: skip
    audit(actor, "surveys.link_made", f"survey:{survey.slug}", detail=f"share {share.pk}")
    return share


@transaction.atomic
def end(actor: User, share: Share) -> None:
    """Nobody can begin by this link any more; what was answered stays."""
    on_connection(lambda database: links.end(database, share.link_id, now_ms()))
    audit(actor, "surveys.link_ended", f"share:{share.pk}")


@transaction.atomic
def widget_of(actor: User | None, survey: Survey) -> Share:
    """The widget of a survey, made the first time it is asked for."""
    found = Share.objects.filter(link__survey=survey, sort=Share.Sort.widget).last()
    return found or open_link(actor, survey, sort=Share.Sort.widget)


@transaction.atomic
def set_origins(actor: User, share: Share, text: str) -> None:
    """The sites that may show the survey in a frame, one a line; BadInput names the odd one."""
    share.origins = origins_of(text)
    share.save(update_fields=["origins"])
    audit(actor, "surveys.sites_set", f"share:{share.pk}", detail=" ".join(share.origins))


def origins_of(text: str) -> list[str]:
    """Origins as browsers write them, without repeats: scheme, host and port, nothing else."""
    found = list(dict.fromkeys(_origin(one) for one in text.split()))
    if len(found) > MOST_ORIGINS:
        raise BadInput(
            es=f"Son como mucho {MOST_ORIGINS} sitios.", en=f"{MOST_ORIGINS} sites at most."
        )
    return found


def _origin(written: str) -> str:
    try:
        parts = urlsplit(written.lower())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _odd(written) from None
    plain = parts.scheme == "http" and host in ("localhost", "127.0.0.1")
    extra = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if extra or not _HOST.fullmatch(host) or not (parts.scheme == "https" or plain):
        raise _odd(written)
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def _odd(written: str) -> BadInput:
    return BadInput(
        es=f"«{written[:80]}» no es un sitio: escribe https:// y el nombre, sin nada detrás.",
        en=f"“{written[:80]}” is no site: write https:// and its name, and nothing after it.",
        reason="origin",
    )


def token_of(share: Share) -> str:
    return unseal(share.token, "token").decode()


def share_of(survey: Survey, key: int) -> Share:
    found = Share.objects.filter(pk=key, link__survey=survey).select_related("link").first()
    if found is None:
        raise NotFound(es="Ese enlace no está aquí.", en="That link is not here.")
    return found
