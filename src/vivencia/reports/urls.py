from django.urls import path

from vivencia.reports import views

urlpatterns = [
    path("", views.home, name="home"),
    path("lens/<slug:lens>/", views.lived, name="lens"),
    path("scores/", views.scores, name="scores"),
    path("explain/", views.explain, name="explain"),
    path("definitions/", views.definitions, name="definitions"),
]
