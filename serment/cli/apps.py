from django.apps import AppConfig


class CliConfig(AppConfig):
    name = "serment.cli"
    label = "cli"
    verbose_name = "Commande"
