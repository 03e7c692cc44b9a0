from django.urls import path

from vivencia.people.saved import views

urlpatterns = [
    path("views/", views.own, name="saved_views"),
    path("views/save/", views.save, name="save_view"),
    path("views/<int:key>/change/", views.change, name="change_view"),
    path("views/<int:key>/delete/", views.delete, name="delete_view"),
]
