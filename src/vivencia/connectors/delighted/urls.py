from django.urls import URLPattern, path, re_path

from vivencia.connectors.delighted import api, views

# Delighted's clients write some addresses with ".json" at the end and none with a slash.
_ADDRESSES = (
    (r"people", api.PEOPLE, "people"),
    (r"people/(?P<identifier>[^/]+)/survey_requests/pending", api.PENDING, "pending"),
    (r"people/(?P<identifier>[^/]+?)", api.PERSON, "person"),
    (r"survey_responses", api.ANSWERS, "answers"),
    (r"survey_responses/(?P<key>\d+)", api.ANSWER, "answer"),
    (r"metrics", api.METRICS, "metrics"),
    (r"unsubscribes", api.UNSUBSCRIBES, "unsubscribes"),
    (r"bounces", api.BOUNCES, "bounces"),
    (r"autopilot", api.CONFIGURATIONS, "configurations"),
    (r"autopilot/(?P<platform>email|sms)", api.CONFIGURATION, "configuration"),
    (r"autopilot/(?P<platform>email|sms)/memberships", api.MEMBERS, "members"),
)

urlpatterns: list[URLPattern] = [
    path("delighted/", views.page, name="delighted"),
    path("delighted/choose/", views.choose, name="delighted_choose"),
    *(
        re_path(rf"^delighted/v1/{address}(?:\.json|\.xml)?$", view, name=f"delighted_{name}")
        for address, view, name in _ADDRESSES
    ),
]
