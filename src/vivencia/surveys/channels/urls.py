from django.urls import path

from vivencia.surveys.channels import views

urlpatterns = [
    path("surveys/<slug:slug>/share/", views.share, name="survey_share"),
    path("surveys/<slug:slug>/share/make/", views.make, name="share_make"),
    path("surveys/<slug:slug>/share/sites/", views.sites, name="share_sites"),
    path("surveys/<slug:slug>/share/<int:key>/end/", views.end, name="share_end"),
    path("surveys/<slug:slug>/share/<int:key>/qr.svg", views.code, name="share_code"),
    path("surveys/<slug:slug>/share/<int:key>/poster/", views.poster, name="share_poster"),
]
