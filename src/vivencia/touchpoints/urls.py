from django.urls import path

from vivencia.touchpoints import views

urlpatterns = [
    path("touchpoints/add/", views.add, name="add_touchpoint"),
    path("touchpoints/adopt/", views.adopt, name="adopt_touchpoints"),
    path("touchpoints/<int:key>/", views.edit, name="touchpoint"),
    path("touchpoints/<int:key>/remove/", views.remove, name="remove_touchpoint"),
]
