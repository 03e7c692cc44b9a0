from django.urls import include, path

from vivencia.customers import views

urlpatterns = [
    path("", include("vivencia.customers.contact.urls")),
    path("customers/", views.customers, name="customers"),
    path("customers/doubts/", views.doubts, name="customer_doubts"),
    path("customers/decide/", views.decide, name="customer_decide"),
    path("customers/undo/", views.undo, name="customer_undo"),
    path("customers/<int:number>/", views.book, name="customer"),
]
