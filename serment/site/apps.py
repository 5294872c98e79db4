from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "serment.site"
    label = "site"
    verbose_name = "Écrans communs"
