from django.urls import path, re_path

from vivencia.surveys.builder import look, views

urlpatterns = [
    path("surveys/", views.surveys, name="surveys"),
    path("surveys/new/", views.new, name="survey_new"),
    path("surveys/<slug:slug>/", views.edit, name="survey_edit"),
    path("surveys/<slug:slug>/change/", views.change, name="survey_change"),
    path("surveys/<slug:slug>/describe/", views.describe, name="survey_describe"),
    path("surveys/<slug:slug>/publish/", views.publish, name="survey_publish"),
    path("surveys/<slug:slug>/close/", views.close, name="survey_close"),
    path("surveys/<slug:slug>/reopen/", views.reopen, name="survey_reopen"),
    path("surveys/<slug:slug>/copy/", views.copy, name="survey_copy"),
    path("surveys/<slug:slug>/delete/", views.delete, name="survey_delete"),
    path("surveys/<slug:slug>/trial/", views.try_out, name="survey_trial"),
    re_path(r"^s/look/(?P<colours>[0-9a-f]{18})\.css$", look.look, name="survey_look"),
]
