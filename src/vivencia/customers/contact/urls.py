from django.urls import path

from vivencia.customers.contact import views

urlpatterns = [
    path("contact/", views.contact, name="contact"),
    path("contact/change/", views.change_settings, name="change_contact"),
    path("contact/limits/set/", views.set_limit, name="set_contact_limit"),
    path("contact/limits/<int:key>/remove/", views.remove_limit, name="remove_contact_limit"),
    path("contact/places/set/", views.set_place, name="set_place_zone"),
    path("customers/<int:number>/say/", views.say, name="customer_say"),
    path("customers/<int:number>/prefer/", views.prefer, name="customer_prefer"),
    path("customers/<int:number>/lift/", views.lift, name="customer_lift"),
]
