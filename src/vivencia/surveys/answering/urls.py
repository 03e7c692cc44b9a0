"""The addresses people answer at."""

from django.urls import path

from vivencia.surveys.answering import views

urlpatterns = [
    path("s/<str:token>", views.survey, name="survey"),
]
