"""National nomenclatures: public, shared by all practices, each row with its source."""

from __future__ import annotations

from django.db import models

from serment.vault.inventory import NO_PERSONAL_DATA


class ImportRun(models.Model):
    """One import: what, from when, how many, what was odd. The newest per catalogue is what people see."""

    inventory = NO_PERSONAL_DATA

    catalogue = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)


class Medicine(models.Model):
    """A medicine. ``key`` is « bdpm:CIS » or « starter:n »; it is what an ordonnance keeps.

    ``substances``: [[code, name, "SA" or "FT", strength, link], …]. ``dci_label`` is what is prescribed.
    """

    inventory = NO_PERSONAL_DATA

    key = models.CharField(max_length=20, primary_key=True)
    source = models.CharField(max_length=8)
    name = models.CharField(max_length=400)
    dci_label = models.CharField(max_length=600)
    form = models.CharField(max_length=200)
    routes = models.CharField(max_length=200, blank=True)
    marketed = models.BooleanField(default=True)
    withdrawn = models.BooleanField(default=False, help_text="left the last import; kept for old ordonnances")
    substances = models.JSONField(default=list)
    conditions = models.JSONField(default=list)
    atc = models.CharField(max_length=7, blank=True)
    atc_inferred = models.BooleanField(
        default=False, help_text="from another medicine with the same substances"
    )
    generic_group = models.CharField(
        max_length=12, blank=True, help_text="group of the répertoire, empty for none"
    )
    generic_type = models.CharField(
        max_length=1, blank=True, help_text="0 princeps, 1 generic, 2 and 4 of the file"
    )
    homeopathic = models.BooleanField(default=False)
    copies = models.PositiveIntegerField(
        default=1, help_text="marketed medicines under the same dci_label: how usual it is"
    )


class Word(models.Model):
    """Search by word prefix: a range over this index, never a scan.

    ``kind``: m medicine, d diagnosis, i CISP-2, n act of biology (NABM), l device (LPP), c CCAM. ``rank``: what to look
    at first, 0 and 1 for a word that begins the name, more for the others (see `wording`).
    """

    inventory = NO_PERSONAL_DATA

    kind = models.CharField(max_length=1)
    word = models.CharField(max_length=60)
    target = models.CharField(max_length=20)
    rank = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "word", "target"], name="word_prefix"),
            models.Index(fields=["kind", "rank", "word", "target"], name="word_ranked"),
            models.Index(fields=["kind", "target"], name="word_target"),
        ]


class Shortage(models.Model):
    """A shortage, tension or end of supply that the ANSM announced for a medicine, or for one of its boxes."""

    inventory = NO_PERSONAL_DATA

    medicine_key = models.CharField(max_length=20, db_index=True)
    cip13 = models.CharField(max_length=13, blank=True)
    code = models.CharField(
        max_length=1, help_text="1 shortage, 2 tension, 3 end of supply, 4 supplied again"
    )
    label = models.CharField(max_length=200)
    since = models.DateField(null=True)
    back_on = models.DateField(null=True)


class ThesaurusSubstance(models.Model):
    """A substance of the interaction thesaurus, and the families it belongs to (keys of `Interaction`)."""

    inventory = NO_PERSONAL_DATA

    key = models.CharField(max_length=120, primary_key=True)
    label = models.CharField(max_length=120)
    families = models.JSONField(default=list)
    source = models.CharField(max_length=12)


class Interaction(models.Model):
    """One level of one unordered pair. ``one`` <= ``two``: « s:substance », « f:family », « x:other »."""

    inventory = NO_PERSONAL_DATA

    one = models.CharField(max_length=140)
    two = models.CharField(max_length=140)
    one_label = models.CharField(max_length=140)
    two_label = models.CharField(max_length=140)
    level = models.PositiveSmallIntegerField(help_text="4 contre-indication … 1 à prendre en compte")
    info = models.TextField(blank=True)
    mechanism = models.TextField(blank=True)
    source = models.CharField(max_length=12)

    class Meta:
        indexes = [models.Index(fields=["one", "two"], name="interaction_pair")]


class GenericGroup(models.Model):
    """A group of the *répertoire des génériques*: « AMOXICILLINE 500 mg – CLAMOXYL 500 mg, gélule »."""

    inventory = NO_PERSONAL_DATA

    code = models.CharField(max_length=12, primary_key=True)
    label = models.CharField(max_length=400)


class Presentation(models.Model):
    """A box. ``price_cents`` without the pharmacist's fee, ``public_cents`` with it.

    ``rate``: « 65% », empty for none.
    """

    inventory = NO_PERSONAL_DATA

    cip13 = models.CharField(max_length=13, primary_key=True)
    medicine_key = models.CharField(max_length=20, db_index=True)
    label = models.CharField(max_length=400)
    rate = models.CharField(max_length=20, blank=True)
    price_cents = models.IntegerField(null=True)
    public_cents = models.IntegerField(null=True)
    marketed = models.BooleanField(default=True)


class Orderable(models.Model):
    """What an ordonnance names by a code that is not a medicine's: an act of biology (NABM), a device (LPP).

    ``facts``: what the file says beside the label (coefficient, age, chapter). ``common``: the words people use for it.
    """

    inventory = NO_PERSONAL_DATA

    key = models.CharField(max_length=20, primary_key=True, help_text="« nabm:1104 », « lpp:1139390 »")
    catalogue = models.CharField(max_length=4)
    code = models.CharField(max_length=10)
    label = models.CharField(max_length=400)
    common = models.CharField(max_length=200, blank=True)
    chapter = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict)
    ends_on = models.DateField(null=True)
    source = models.CharField(max_length=12)

    class Meta:
        indexes = [models.Index(fields=["catalogue", "code"], name="orderable_code")]


class Diagnosis(models.Model):
    """A CIM-10 code with its French label; ``code`` carries its dot (« G56.0 »)."""

    inventory = NO_PERSONAL_DATA

    code = models.CharField(max_length=10, primary_key=True)
    label = models.CharField(max_length=400)
    source = models.CharField(max_length=8)


class PrimaryCareCode(models.Model):
    """A CISP-2 code with its label, from the list that the practice imported: none ships."""

    inventory = NO_PERSONAL_DATA

    code = models.CharField(max_length=3, primary_key=True)
    label = models.CharField(max_length=300)


class PrimaryCarePair(models.Model):
    """A CIM-10 code (with its dot) and a CISP-2 code that an imported table puts together."""

    inventory = NO_PERSONAL_DATA

    cim10 = models.CharField(max_length=10, db_index=True)
    cisp2 = models.CharField(max_length=3)


class Commune(models.Model):
    """A commune and one of its postal codes."""

    inventory = NO_PERSONAL_DATA

    insee = models.CharField(max_length=5, db_index=True)
    name = models.CharField(max_length=120)
    folded = models.CharField(max_length=120, blank=True, db_index=True)
    postal_code = models.CharField(max_length=5, db_index=True)


class Tariff(models.Model):
    """An imported price: what ships with the source is in `serment.billing.data.tariffs`, and gives way to this.

    ``conditions``: what the code asks of the situation, as in the tariff file (docs/tariffs.md).
    """

    inventory = NO_PERSONAL_DATA

    profession = models.CharField(max_length=24)
    code = models.CharField(max_length=8)
    label = models.CharField(max_length=160)
    kind = models.CharField(max_length=8)
    conditions = models.JSONField(default=dict)
    zone = models.CharField(max_length=12, blank=True, help_text="metropole, dom, or empty for both")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    amount_cents = models.IntegerField()
    source = models.CharField(max_length=200)
    confidence = models.CharField(max_length=12, help_text="« sourcé » or « à vérifier »")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["profession", "code", "zone", "starts_on"], name="tariff_once_per_day"
            )
        ]


class CcamAct(models.Model):
    """A CCAM act with what its notes say of it (`serment.catalogues.ccam.Act`)."""

    inventory = NO_PERSONAL_DATA

    code = models.CharField(max_length=7, primary_key=True)
    label = models.TextField()
    kind = models.CharField(max_length=1, default="0")
    sex = models.CharField(max_length=1, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    excludes = models.JSONField(default=list)
    conditions = models.JSONField(default=list)
    groups = models.JSONField(default=dict)
    source = models.CharField(max_length=8)


class CcamPrice(models.Model):
    """What an activity and a phase are worth from a day. ``grids``: « cents:grid,grid;cents:grid »."""

    inventory = NO_PERSONAL_DATA

    code = models.CharField(max_length=7)
    activity = models.CharField(max_length=1)
    phase = models.CharField(max_length=1)
    starts_on = models.DateField()
    published_on = models.DateField(null=True)
    grids = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["code", "activity", "phase", "starts_on"], name="ccam_price_of_day")]


class CcamLabel(models.Model):
    """The words of a modifier, a tariff grid or a grouping."""

    inventory = NO_PERSONAL_DATA

    kind = models.CharField(max_length=8)
    code = models.CharField(max_length=8)
    label = models.CharField(max_length=200)
