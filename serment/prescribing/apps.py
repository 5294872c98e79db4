from django.apps import AppConfig


class PrescribingConfig(AppConfig):
    name = "serment.prescribing"
    label = "prescribing"
    verbose_name = "Ordonnances"
