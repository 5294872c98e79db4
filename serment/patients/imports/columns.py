"""Which column is what: guessed from the French titles that programs and spreadsheets use."""

from __future__ import annotations

from dataclasses import dataclass

from serment.formats.folding import fold


@dataclass(frozen=True)
class Column:
    """A field that can be imported. ``titles`` are folded titles known to mean it."""

    code: str
    label: str
    titles: tuple[str, ...]


COLUMNS = (
    Column(
        "birth_family_name",
        "Nom de naissance",
        ("nom de naissance", "nom naissance", "nom de jeune fille", "nom jeune fille", "nom patronymique",
         "nom de famille de naissance", "patronyme"),
    ),
    Column(
        "used_family_name",
        "Nom utilisé",
        ("nom utilise", "nom d usage", "nom usage", "nom usuel", "nom marital", "nom d epouse", "nom epouse"),
    ),
    Column(
        "first_given_name",
        "Premier prénom",
        ("premier prenom", "prenom", "prenom de naissance", "1er prenom", "premier prenom de naissance"),
    ),
    Column("given_names", "Tous les prénoms", ("prenoms", "tous les prenoms", "liste des prenoms", "autres prenoms")),
    Column("used_given_name", "Prénom utilisé", ("prenom utilise", "prenom usuel", "prenom d usage")),
    Column("sex", "Sexe", ("sexe", "genre", "civilite", "titre")),
    Column(
        "birth_date",
        "Date de naissance",
        ("date de naissance", "date naissance", "naissance", "ne le", "ne e le", "ddn", "date naiss", "datenaissance"),
    ),
    Column(
        "birth_place_code",
        "Commune de naissance (code Insee)",
        ("code insee naissance", "code commune naissance", "insee naissance", "code insee de naissance",
         "code insee du lieu de naissance", "code lieu de naissance"),
    ),
    Column(
        "mobile",
        "Mobile",
        ("mobile", "portable", "tel mobile", "tel portable", "telephone mobile", "telephone portable", "gsm"),
    ),
    Column(
        "phone",
        "Autre téléphone",
        ("telephone", "tel", "fixe", "tel fixe", "telephone fixe", "tel domicile", "telephone domicile",
         "numero de telephone", "autre telephone"),
    ),
    Column("email", "Courriel", ("courriel", "email", "e mail", "mail", "adresse mail", "adresse email",
                                 "adresse e mail", "adresse electronique")),
    Column("address", "Adresse", ("adresse", "adresse 1", "adresse1", "adresse postale", "rue", "voie", "n et rue")),
    Column("address_more", "Complément", ("complement", "adresse 2", "adresse2", "complement d adresse",
                                          "complement adresse")),
    Column("postal_code", "Code postal", ("code postal", "cp", "codepostal")),
    Column("city", "Commune", ("ville", "commune", "localite")),
    Column(
        "nir",
        "Numéro de sécurité sociale",
        ("nir", "numero de securite sociale", "n de securite sociale", "no securite sociale", "n securite sociale",
         "securite sociale", "numero securite sociale", "num secu", "n ss", "no ss", "num ss", "numero ss", "nss"),
    ),
)  # fmt: skip
BY_CODE = {column.code: column for column in COLUMNS}
REQUIRED = ("birth_family_name", "first_given_name", "birth_date")
_FAMILY = ("nom", "nom de famille", "nomfamille")
_SEXES = {
    **dict.fromkeys(("m", "h", "1", "homme", "masculin", "monsieur", "mr", "garcon", "male"), "M"),
    **dict.fromkeys(
        ("f", "2", "femme", "feminin", "madame", "mme", "mademoiselle", "mlle", "fille", "female"), "F"
    ),
    **dict.fromkeys(("", "i", "u", "inconnu", "indetermine", "non precise"), "U"),
}


def guess(header: list[str], *, coverage: bool) -> dict[str, int]:
    """Field code → column number, by the titles. A lone « Nom » is the birth name; beside one, the used name."""
    titles = [fold(title) for title in header]
    found: dict[str, int] = {}
    for column in COLUMNS:
        if column.code == "nir" and not coverage:
            continue
        for title in column.titles:
            if title in titles:
                found[column.code] = titles.index(title)
                break
    for title in _FAMILY:
        if title in titles:
            code = "used_family_name" if "birth_family_name" in found else "birth_family_name"
            found.setdefault(code, titles.index(title))
            break
    if "first_given_name" not in found and "given_names" in found:
        found["first_given_name"] = found["given_names"]
    return found


def sex_of(text: str) -> str | None:
    """M, F or U; None for a word that says nothing."""
    return _SEXES.get(fold(text))
