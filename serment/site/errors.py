"""Refusals and failures, in French: what happened, what was kept, what to do. Never a trace, never a care word.

The same sentence serves the page, the htmx fragment (as a toast) and the JSON answer of a script.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template

from serment.access.rules import public


@dataclass(frozen=True)
class Refusal:
    """``happened``, ``kept``, ``todo``: one sentence each."""

    status: int
    title: str
    happened: str
    kept: str
    todo: str
    icon: str = "alert-triangle"


BAD_REQUEST = Refusal(
    400,
    "Demande non comprise",
    "Le logiciel n’a pas pu lire ce que votre navigateur lui a envoyé.",
    "Rien n’a été modifié.",
    "Revenez à la page précédente, rechargez-la, puis recommencez.",
)
FORBIDDEN = Refusal(
    403,
    "Accès refusé",
    "Votre profil ne permet pas d’ouvrir cette page ou de faire cette action.",
    "Rien n’a été modifié. Le refus est inscrit au journal du cabinet.",
    "Si vous en avez besoin pour votre travail, demandez-le à la personne responsable du cabinet.",
    icon="lock",
)
CSRF = Refusal(
    403,
    "Formulaire expiré",
    "Ce formulaire était ouvert depuis une session qui n’est plus la vôtre.",
    "Rien n’a été modifié. Les brouillons déjà enregistrés sont gardés.",
    "Revenez à la page précédente, rechargez-la, puis envoyez de nouveau.",
    icon="refresh",
)
NOT_FOUND = Refusal(
    404,
    "Page introuvable",
    "Cette adresse ne mène à rien, ou ce qu’elle désignait n’existe plus.",
    "Rien n’a été modifié.",
    "Revenez à l’accueil ou cherchez ce que vous vouliez ouvrir.",
    icon="map-search",
)
CONFLICT = Refusal(
    409,
    "Modifié entre-temps",
    "Quelqu’un d’autre a enregistré une modification pendant que vous travailliez.",
    "Sa modification est gardée ; la vôtre n’est pas enregistrée.",
    "Rechargez la page pour voir l’état actuel, puis reportez votre modification.",
    icon="refresh",
)
TOO_LARGE = Refusal(
    413,
    "Envoi trop volumineux",
    "Le fichier ou le formulaire dépasse la taille permise (20 Mo).",
    "Rien n’a été enregistré.",
    "Réduisez le fichier, ou envoyez-le en plusieurs fois.",
    icon="file-alert",
)
NO_KEY = Refusal(
    403,
    "Suivi par un autre cercle de soins",
    "Ce dossier appartient à des praticiens qui ne le partagent pas avec vous : vous n’en avez pas la clé.",
    "Rien n’a été montré ni modifié. La demande est inscrite au journal du cabinet.",
    "Si vous devez y accéder, demandez le partage à un praticien qui suit cette personne.",
    icon="key-off",
)
SET_ASIDE = Refusal(
    403,
    "Dossier fermé à la demande du patient",
    "Cette personne a demandé que son dossier ne vous soit pas ouvert : son choix est noté au cabinet.",
    "Rien n’a été montré ni modifié. La demande est inscrite au journal du cabinet.",
    "Un praticien qui suit cette personne peut lever ce choix avec elle, depuis « Équipe de soins ».",
    icon="key-off",
)
UNPRINTABLE = Refusal(
    422,
    "Document impossible à mettre en page",
    "La mise en page de ce document a été arrêtée : il est trop lourd, ou son texte porte des signes qu’elle refuse.",
    "Ce qui est signé est gardé au dossier ; rien n’est perdu ni modifié.",
    "Revenez à l’élément, corrigez ou raccourcissez son texte, puis imprimez de nouveau.",
    icon="file-alert",
)
INTEGRITY = Refusal(
    500,
    "Donnée illisible",
    "Une donnée enregistrée a été abîmée ou déplacée : son sceau ne correspond plus.",
    "Elle n’est pas montrée, et rien n’a été modifié. L’événement est inscrit au journal du cabinet.",
    "Prévenez la personne responsable du cabinet : la donnée est à reprendre d’une sauvegarde.",
    icon="shield-x",
)
FAILURE = Refusal(
    500,
    "Problème du logiciel",
    "Le logiciel a rencontré un problème qu’il n’a pas su traiter.",
    "Ce qui était déjà enregistré est gardé ; la dernière action n’a pas été faite.",
    "Réessayez dans un instant. Si cela recommence, prévenez la personne qui entretient le logiciel.",
)


def answer(
    request: HttpRequest, refusal: Refusal, template: str = "site/errors/refusal.html"
) -> HttpResponse:
    """The refusal in the form that the caller reads: JSON, htmx toast, or page."""
    sentence = f"{refusal.happened} {refusal.kept}"
    if "application/json" in request.headers.get("Accept", "") and "HX-Request" not in request.headers:
        return JsonResponse({"error": sentence}, status=refusal.status)
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=refusal.status)
        response["HX-Trigger"] = json.dumps({"toast": {"text": sentence, "level": "danger"}})
        return response
    return render(request, "site/errors/refusal.html", {"refusal": refusal}, status=refusal.status)


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler400`, which Django also calls for a body over the limit of the settings."""
    return answer(request, TOO_LARGE if isinstance(exception, RequestDataTooBig) else BAD_REQUEST)


@public
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler403`"""
    return answer(request, FORBIDDEN)


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler404`"""
    return answer(request, NOT_FOUND)


@public
def conflict(request: HttpRequest) -> HttpResponse:
    """Someone else's version came first."""
    return answer(request, CONFLICT)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """`CSRF_FAILURE_VIEW`. The reason is for developers; nobody is shown it."""
    return answer(request, CSRF)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`. Uses neither the database nor the session: they may be what failed."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": f"{FAILURE.happened} {FAILURE.kept}"}, status=500)
    return HttpResponse(get_template("site/errors/failure.html").render({"refusal": FAILURE}), status=500)
