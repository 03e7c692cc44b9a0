from django.urls import URLPattern, URLResolver

from vivencia.surveys.answering.urls import urlpatterns as answering
from vivencia.surveys.builder.urls import urlpatterns as builder

urlpatterns: list[URLPattern | URLResolver] = [*builder, *answering]
