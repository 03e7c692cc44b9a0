from django.urls import URLPattern, URLResolver

from vivencia.surveys.answering.urls import urlpatterns as answering
from vivencia.surveys.asking.urls import urlpatterns as asking
from vivencia.surveys.builder.urls import urlpatterns as builder
from vivencia.surveys.channels.urls import urlpatterns as channels
from vivencia.surveys.importers.urls import urlpatterns as importers
from vivencia.surveys.results.urls import urlpatterns as results

urlpatterns: list[URLPattern | URLResolver] = [
    *importers, *builder, *answering, *asking, *channels, *results,
]  # fmt: skip
