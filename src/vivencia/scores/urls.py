from django.urls import path

from vivencia.scores.margins import views as margins

urlpatterns = [
    path("scores/shares/", margins.margins, name="margins"),
    path("scores/shares/choose/", margins.choose, name="choose_margin"),
    path("scores/shares/bring/", margins.bring, name="bring_margins"),
    path("scores/shares/of/<path:field>/forget/", margins.forget, name="forget_margin"),
    path("scores/shares/of/<path:field>/", margins.margin, name="margin"),
]
