from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "vivencia.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from vivencia.customers import kinds  # noqa: F401, PLC0415 (declares what we record)
