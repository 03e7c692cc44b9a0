"""Why somebody is erased, by which law data is blocked, and for how long; in both languages."""

from __future__ import annotations

from typing import NamedTuple

Said = dict[str, str]

ASKED, RETENTION = "asked", "retention"
REASONS: dict[str, Said] = {
    ASKED: {"es": "La persona lo ha pedido", "en": "The person asked for it"},
    "withdrawn": {
        "es": "Ha retirado su consentimiento",
        "en": "They withdrew their consent",
    },
    "not_needed": {
        "es": "Sus datos ya no hacen falta",
        "en": "Their data is no longer needed",
    },
    "unlawful": {
        "es": "No deberíamos haber tenido sus datos",
        "en": "We should not have had their data",
    },
    "duty": {"es": "Lo exige una ley o una autoridad", "en": "A law or an authority requires it"},
    RETENTION: {"es": "Ha vencido su plazo", "en": "Its term has come"},
}


class Law(NamedTuple):
    """A law that has data blocked before it is destroyed; `years` is what we suggest."""

    es: str
    en: str
    years: int


LAWS: dict[str, Law] = {
    "spain": Law("España: LOPDGDD, artículo 32", "Spain: LOPDGDD, article 32", 3),
    "mexico": Law("México: bloqueo antes de suprimir", "Mexico: blocking before deletion", 5),
    "other": Law("Otra obligación legal", "Another legal duty", 5),
}
MOST_YEARS = 10
