from django.urls import path

from vivencia.journeys import views

urlpatterns = [
    path("journeys/", views.journeys, name="journeys"),
    path("journeys/transitions.csv", views.transitions_csv, name="transitions_csv"),
    path("journeys/variants.csv", views.variants_csv, name="variants_csv"),
]
