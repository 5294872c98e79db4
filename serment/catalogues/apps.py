from django.apps import AppConfig


class CataloguesConfig(AppConfig):
    name = "serment.catalogues"
    label = "catalogues"
    verbose_name = "Référentiels"
