from django.urls import path

from vivencia.outbox import doors, setting_views, views

urlpatterns = [
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/events/", doors.mail_events, name="mail_events"),
    path("outbox/<int:key>/", views.message, name="outbox_message"),
    path("outbox/<int:key>/again/", views.send_again, name="outbox_again"),
    path("outbox/<int:key>/leave/", views.leave, name="outbox_leave"),
    path("outbox/<int:key>/cancel/", views.cancel, name="outbox_cancel"),
    path("unsubscribe/<str:token>", doors.unsubscribe_page, name="unsubscribe"),
    path("settings/mail/", setting_views.mail, name="mail_settings"),
    path("settings/mail/change/", setting_views.change_mail, name="change_mail"),
    path("settings/mail/key/", setting_views.make_dkim_key, name="make_dkim_key"),
    path("settings/mail/webhook/", setting_views.make_webhook_secret, name="make_webhook_secret"),
]
