"""Addresses of the pages of imports."""

from django.urls import path

from vivencia.interactions.imports import arriving, views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/mappings/<int:key>.toml", views.mapping_file, name="mapping_file"),
    path("imports/mappings/<int:key>/forget/", views.forget_mapping, name="mapping_forget"),
    path("imports/new/", arriving.new, name="import_new"),
    path("imports/new/<slug:token>/", arriving.columns, name="import_columns"),
    path("imports/new/<slug:token>/check/", arriving.check, name="import_check"),
    path("imports/new/<slug:token>/run/", arriving.run, name="import_run"),
    path("imports/new/<slug:token>/stop/", arriving.stop, name="import_stop"),
    path("imports/new/<slug:token>/discard/", arriving.discard, name="import_discard"),
    path("imports/<int:key>/", views.import_page, name="import"),
    path("imports/<int:key>/errors.csv", views.errors, name="import_errors"),
    path("imports/<int:key>/mapping/", views.save_mapping, name="import_mapping"),
    path("imports/<int:key>/undo/", views.undo, name="import_undo"),
    path("imports/<int:key>/redo/", views.redo, name="import_redo"),
]
