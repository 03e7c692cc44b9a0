from vivencia.connectors.delighted.urls import urlpatterns

__all__ = ["urlpatterns"]
