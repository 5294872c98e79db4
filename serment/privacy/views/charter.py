"""Everyone reads and signs the charter; whoever answers for the practice sees who has not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.rules import requires
from serment.documents import notice_pdf
from serment.documents.models import NoticeDocument
from serment.formats import dates
from serment.journal import services as journal
from serment.privacy import charter
from serment.privacy.models import CharterSignature


@requires("account.own")
@require_http_methods(["GET", "POST"])
def page(request: Any) -> HttpResponse:
    text = charter.build(request.practice)
    if request.method == "POST":
        charter.sign(keyring=request.keyring, person=request.person, practice=request.practice)
        messages.success(request, "Charte signée.")
        return redirect("privacy:charter")
    context = {
        "charter": text,
        "signed": CharterSignature.objects.filter(
            person_id=request.person.pk, text_digest=text.digest
        ).first(),
        "missing": charter.missing(request.practice) if request.person.can("privacy.manage") else [],
    }
    return render(request, "privacy/charter.html", context)


@requires("account.own")
@require_GET
def pdf(request: Any) -> HttpResponse:
    text, today = charter.build(request.practice), timezone.localdate()
    content = notice_pdf(
        NoticeDocument(
            title=text.title,
            intro="À lire et à signer par toute personne qui utilise le logiciel du cabinet.",
            sections=text.parts,
            practice=request.practice.name,
            on=today,
            date_text=dates.long(today),
            poster=True,
            demo=request.practice.is_demo,
        )
    )
    journal.record("privacy.viewed", details={"what": "charter"})
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="charte-informatique.pdf"'
    return response
