"""Where each room stands in the address bar. Ids are opaque; no name, number or secret is ever in a path."""

from django.urls import include, path, register_converter

from serment.vault.ids import IdConverter
from serment.vault.marks import MarkConverter

register_converter(IdConverter, "id")
register_converter(MarkConverter, "mark")

urlpatterns = [
    path("", include("serment.site.urls")),
    path("", include("serment.access.urls")),
    path("journal/", include("serment.access.journal_urls")),
    path("patients/", include("serment.patients.urls")),
    path("", include("serment.record.urls")),
    path("", include("serment.letters.urls")),
    path("resultats/", include("serment.results.urls")),
    path("", include("serment.prescribing.urls")),
    path("agenda/", include("serment.agenda.urls")),
    path("facturation/", include("serment.billing.urls")),
    path("teletransmission/", include("serment.transmission.urls")),
    path("conformite/", include("serment.conformity.urls")),
    path("durees/", include("serment.retention.urls")),
    path("exploitation/", include("serment.operations.urls")),
    path("vie-privee/", include("serment.privacy.urls")),
]

handler400 = "serment.site.errors.bad_request"
handler403 = "serment.site.errors.forbidden"
handler404 = "serment.site.errors.not_found"
handler500 = "serment.site.errors.server_error"
