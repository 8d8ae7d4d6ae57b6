from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What was recorded: stops, the people stopped, and who wrote it down."""

    name = "ledger"
    verbose_name = "Ledger"
    default_auto_field = "django.db.models.BigAutoField"
