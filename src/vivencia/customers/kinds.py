"""What people decide about customers. Nobody lives through it: it never enters a journey."""

from __future__ import annotations

from vivencia.interactions.kinds import Kind, declare

JOINED, PARTED, UNDONE = "customer.joined", "customer.parted", "customer.decision_undone"

declare(
    Kind(
        JOINED,
        {
            "es": "Alguien unió dos identidades",
            "en": "Somebody joined two identities",
        },
        lived=False,
    ),
    Kind(
        PARTED,
        {
            "es": "Alguien separó dos identidades",
            "en": "Somebody kept two identities apart",
        },
        lived=False,
    ),
    Kind(
        UNDONE,
        {
            "es": "Alguien deshizo una decisión sobre dos identidades",
            "en": "Somebody took back a decision on two identities",
        },
        lived=False,
    ),
)
