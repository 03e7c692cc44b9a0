"""The addresses people answer at."""

from django.urls import path

from vivencia.surveys.answering import staff, views

urlpatterns = [
    path("answers/doubtful/", staff.doubtful, name="doubtful_answers"),
    path("answers/doubtful/<int:key>/", staff.decide, name="decide_answer"),
    path(
        "answers/doubtful/anonymous/<int:survey>/<slug:reason>/",
        staff.decide_anonymous,
        name="decide_anonymous",
    ),
    path("answers/files/", staff.files, name="answer_files"),
    path("answers/files/<str:name>", staff.file, name="answer_file"),
    path("s/<str:token>", views.survey, name="survey"),
]
