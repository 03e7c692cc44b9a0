"""Who may answer, what they have said so far, and that a link is spent.

The machine reads and writes these tables without Django (answering/); the models are their shape.
"""

from __future__ import annotations

from django.db import models

from vivencia.surveys.models.definition import Survey, Version


class Link(models.Model):
    """A way to one survey. Of its token only the SHA-256 is kept.

    `once`: one person, one answer; an open link takes one from each browser. What it is about
    (identity, judged interaction) is kept as keys of the log.
    """

    key = models.BigAutoField(primary_key=True)
    digest = models.BinaryField(max_length=32, unique=True)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="links", db_index=False)
    entry = models.TextField()  # invited | identified | open | kiosk
    once = models.BooleanField(default=True)
    identity = models.BigIntegerField(default=0)
    about = models.BinaryField(max_length=16, null=True)
    context = models.TextField(default="{}")  # where what is judged happened, in words
    channel = models.TextField(default="web")
    created_at = models.BigIntegerField()
    expires_at = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["survey", "expires_at"], name="links_of_survey")]

    def __str__(self) -> str:
        return f"link {self.key}"


class Spent(models.Model):
    """A link that was answered to its end; its key is made of the link and, where a link is for
    several, of who answered: the second to finish meets the first. Its key tells no order."""

    key = models.BigIntegerField(primary_key=True)
    link = models.ForeignKey(Link, models.CASCADE, related_name="spent")
    at = models.BigIntegerField()  # of an anonymous survey only the day

    def __str__(self) -> str:
        return f"link {self.link_id}, spent"


class Draft(models.Model):
    """What one browser has answered on one link so far. Vault data: blanked when the link ends."""

    key = models.BigAutoField(primary_key=True)
    uid = models.BinaryField(max_length=16)  # of its interaction in the log, once it is there
    link = models.ForeignKey(Link, models.CASCADE, related_name="drafts", db_index=False)
    version = models.ForeignKey(Version, models.PROTECT, related_name="+", db_index=False)
    browser = models.BinaryField(max_length=32)  # SHA-256 of what only that browser has
    entry = models.TextField()
    person = models.TextField(null=True)  # the customer a signed address named
    channel = models.TextField()
    language = models.TextField()
    answers = models.TextField(null=True)
    page = models.TextField(default="")  # where it goes on; empty at the end
    state = models.TextField(default="open")  # open | closed (by time) | finished | lost
    doubt = models.TextField(default="")  # why a person has to look at it first
    held = models.BooleanField(default=False)
    network = models.BinaryField(max_length=16, null=True)
    told = models.TextField(default="{}")  # the scores the log has, by element
    begun_at = models.BigIntegerField()
    posted_at = models.BigIntegerField()
    scored_at = models.BigIntegerField(null=True)
    due_at = models.BigIntegerField(null=True)  # when it closes by itself

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "browser"], name="one_draft_per_browser")
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="drafts_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["link", "network", "begun_at"],
                name="drafts_of_network",
                condition=models.Q(network__isnull=False),
            ),
            models.Index(
                fields=["link", "person"],
                name="drafts_of_person",
                condition=models.Q(person__isnull=False),
            ),
            models.Index(
                fields=["posted_at"],
                name="drafts_in_doubt",
                condition=~models.Q(doubt="") | models.Q(held=True),
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.key}"


class Attachment(models.Model):
    """A file that came with a draft. It lies under a random name (answering/files/shelf.py) and
    goes with what it was sent with."""

    key = models.BigAutoField(primary_key=True)
    name = models.TextField(unique=True)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="attachments")
    element = models.TextField()
    sort = models.TextField()  # jpeg | png | webp | pdf
    size = models.IntegerField()  # bytes
    at = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "element"], name="one_file_per_question")
        ]

    def __str__(self) -> str:
        return f"{self.sort} {self.key}"


class Waiting(models.Model):
    """An anonymous answer on its way to the log: no time, no link, no order. Its key is random,
    so that not even the place of its row tells when it came."""

    key = models.BigIntegerField(primary_key=True)
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    browser = models.BinaryField(max_length=32, unique=True)
    entry = models.TextField()
    language = models.TextField()
    answers = models.TextField()
    page = models.TextField(default="")
    spends = models.BooleanField(default=False)  # whether its link is spent already
    finished = models.BooleanField(default=False)
    passed = models.SmallIntegerField(default=0)  # days it was left to be finished
    doubt = models.TextField(default="")  # why it was held, or is
    held = models.BooleanField(default=False)  # until staff decide on all that are doubted alike

    def __str__(self) -> str:
        return f"waiting {self.key}"


class Filled(models.Model):
    """How many finished answers count in one quota of a version."""

    key = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(Version, models.CASCADE, related_name="+", db_index=False)
    place = models.SmallIntegerField()
    n = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "place"], name="one_count_per_quota")
        ]

    def __str__(self) -> str:
        return f"{self.n} in quota {self.place} of version {self.version_id}"
