"""Every read of saved views: one's own, and those others share."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from vivencia.lib.errors import NotFound
from vivencia.people.models import SavedView, User


def views_of(user: User, page: str) -> list[SavedView]:
    """What `user` may open on `page`: one's own first, then what colleagues share, by name."""
    shared = Q(shared=True, user__is_active=True)
    found = SavedView.objects.filter(Q(user=user) | shared, page=page).select_related("user")
    return sorted(found, key=lambda view: (view.user_id != user.pk, view.name.casefold()))


def own_views(user: User) -> QuerySet[SavedView]:
    return SavedView.objects.filter(user=user).order_by("page", "name")


def own_view(user: User, key: int) -> SavedView:
    """A view of one's own; NotFound alike for one that is not there and one of somebody else."""
    view = SavedView.objects.filter(user=user, pk=key).select_related("user").first()
    if view is None:
        raise NotFound(es="Esa vista no está aquí.", en="That view is not here.")
    return view
