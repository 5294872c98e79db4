from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "serment.billing"
    label = "billing"
    verbose_name = "Facturation"
