from django.urls import path

from vivencia.surveys.asking import views

urlpatterns = [
    path("asking/", views.asking, name="asking"),
    path("asking/new/", views.new, name="new_asking_rule"),
    path("asking/<int:key>/", views.rule, name="asking_rule"),
    path("asking/<int:key>/live/", views.live, name="asking_live"),
    path("asking/<int:key>/pause/", views.pause, name="asking_pause"),
    path("asking/<int:key>/remove/", views.remove, name="asking_remove"),
    path("asking/customer/<int:number>/", views.invite, name="asking_invite"),
    path("invitations/", views.invitations, name="invitations"),
    path("invitations/<int:key>/cancel/", views.cancel, name="cancel_invitation"),
]
