from django.urls import path

from vivencia.scores.margins import views as margins
from vivencia.scores.watches import views as watches

urlpatterns = [
    path("scores/shares/", margins.margins, name="margins"),
    path("scores/shares/choose/", margins.choose, name="choose_margin"),
    path("scores/shares/bring/", margins.bring, name="bring_margins"),
    path("scores/shares/of/<path:field>/forget/", margins.forget, name="forget_margin"),
    path("scores/shares/of/<path:field>/", margins.margin, name="margin"),
    path("changes/", watches.changes, name="changes"),
    path("changes/watch/", watches.begin, name="begin_watch"),
    path("changes/watch/<int:key>/end/", watches.end, name="end_watch"),
    path("changes/<int:key>/seen/", watches.acknowledge, name="acknowledge_alert"),
]
