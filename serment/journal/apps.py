from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "serment.journal"
    label = "journal"
    verbose_name = "Journal"
