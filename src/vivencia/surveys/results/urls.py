from django.urls import path, re_path

from vivencia.surveys.results import views

urlpatterns = [
    path("coverage/", views.coverage, name="coverage"),
    path("surveys/<slug:slug>/results/", views.results, name="survey_results"),
    path("surveys/<slug:slug>/results/words/", views.words, name="survey_words"),
    path("surveys/<slug:slug>/results/words/follow/", views.follow, name="follow_answer"),
    re_path(
        r"^surveys/(?P<slug>[-a-zA-Z0-9_]+)/results/answers\.(?P<kind>csv|xlsx|parquet|sav)$",
        views.file,
        name="survey_file",
    ),
]
