from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "serment.record"
    label = "record"
    verbose_name = "Dossier médical"
