from django.urls import URLPattern, URLResolver

from vivencia.surveys.builder.urls import urlpatterns as builder

urlpatterns: list[URLPattern | URLResolver] = [*builder]
