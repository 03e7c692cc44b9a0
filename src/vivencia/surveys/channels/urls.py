from django.urls import path

from vivencia.surveys.channels import call_views, kiosk_views, text_views, views, widget

urlpatterns = [
    path("surveys/<slug:slug>/share/", views.share, name="survey_share"),
    path("surveys/<slug:slug>/share/make/", views.make, name="share_make"),
    path("surveys/<slug:slug>/share/sites/", views.sites, name="share_sites"),
    path("surveys/<slug:slug>/share/<int:key>/end/", views.end, name="share_end"),
    path("surveys/<slug:slug>/share/<int:key>/qr.svg", views.code, name="share_code"),
    path("surveys/<slug:slug>/share/<int:key>/poster/", views.poster, name="share_poster"),
    path("surveys/<slug:slug>/share/devices/", views.add_device, name="device_add"),
    path("surveys/<slug:slug>/share/devices/<int:key>/revoke/", views.revoke, name="device_revoke"),
    path("kiosk/", kiosk_views.page, name="kiosk"),
    path("kiosk/worker.js", kiosk_views.worker, name="kiosk_worker"),
    path("kiosk/survey/", kiosk_views.survey, name="kiosk_survey"),
    path("kiosk/answers/", kiosk_views.answers, name="kiosk_answers"),
    path("calls/", call_views.begin, name="calls"),
    path("calls/<int:key>/", call_views.call, name="call"),
    path("calls/<int:key>/end/", call_views.end, name="call_end"),
    path("texts/", text_views.conversations, name="conversations"),
    path("texts/<int:key>/", text_views.conversation, name="conversation"),
    path("texts/<int:key>/reply/", text_views.reply, name="conversation_reply"),
    path("texts/in/", text_views.incoming, name="texts_in"),
    path("w/<str:token>.js", widget.script, name="widget_script"),
    path("f/<str:token>", widget.framed, name="survey_framed"),
]
