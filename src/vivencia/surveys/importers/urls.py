from django.urls import path

from vivencia.surveys.importers import views

urlpatterns = [
    path("surveys/bring/", views.bring, name="survey_bring"),
    path("surveys/<slug:slug>/brought/", views.brought, name="survey_brought"),
]
