from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "serment.patients"
    label = "patients"
    verbose_name = "Patients"
