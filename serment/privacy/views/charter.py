"""Everyone reads and signs the charter; whoever answers for the practice sees who has not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.models import Person
from serment.access.rules import requires
from serment.documents import notice_pdf
from serment.documents.models import NoticeDocument
from serment.formats import dates
from serment.journal import services as journal
from serment.privacy import charter
from serment.privacy.forms import AwarenessForm
from serment.privacy.models import AwarenessSession, CharterSignature


@requires("account.own")
@require_http_methods(["GET", "POST"])
def page(request: Any) -> HttpResponse:
    text = charter.build(request.practice)
    if request.method == "POST":
        charter.sign(keyring=request.keyring, person=request.person, practice=request.practice)
        messages.success(request, "Charte signée.")
        return redirect("privacy:charter")
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    context = {
        "sessions": [
            (row, ", ".join(people.get(pk, "—") for pk in row.people))
            for row in AwarenessSession.objects.order_by("-held_on")[:20]
        ],
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


@requires("privacy.manage")
@require_http_methods(["GET", "POST"])
def awareness(request: Any) -> HttpResponse:
    """Note that the team was made aware of something, and who took part (P-SENS-1)."""
    team = [p for p in Person.objects.select_related("practitioner").order_by("family_name") if p.in_force()]
    form, status = AwarenessForm(request.POST or None, team=team), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            row = form.save(commit=False)
            row.author_id = request.person.pk
            row.save()
            journal.record("privacy.awareness", object_id=row.pk, details={"people": len(row.people)})
            messages.success(request, "Séance de sensibilisation notée.")
            return redirect("privacy:charter")
    context = {"form": form, "title": "Noter une sensibilisation", "back": "privacy:charter"}
    return render(request, "privacy/form.html", context, status=status)
