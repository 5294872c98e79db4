from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "serment.access"
    label = "access"
    verbose_name = "Accès"
