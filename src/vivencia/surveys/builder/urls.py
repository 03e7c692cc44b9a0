from django.urls import re_path

from vivencia.surveys.builder import look

urlpatterns = [
    re_path(r"^s/look/(?P<colours>[0-9a-f]{18})\.css$", look.look, name="survey_look"),
]
