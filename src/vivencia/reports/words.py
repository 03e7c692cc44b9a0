"""What the pages of scores call reasons and periods. Pure."""

from __future__ import annotations

EXCLUDED = {
    "undone": {"es": "De una importación deshecha", "en": "From an import that was undone"},
    "missing": {"es": "Sin nota", "en": "Without a score"},
    "superseded": {
        "es": "Cambiadas después: cuenta su última forma",
        "en": "Changed later: their latest form counts",
    },
    "held": {
        "es": "Retenidas por dudosas hasta que alguien las mire",
        "en": "Held as doubtful until somebody looks at them",
    },
    "time_flagged": {
        "es": "Con una hora imposible o puesta a mano: no entra en una serie",
        "en": "With an impossible or constant time: not charted over time",
    },
}
NOT_STORED = {
    "duplicate": {
        "es": "Ya estaban: el mismo identificador y el mismo contenido",
        "en": "Already there: the same id and the same content",
    },
    "no_time": {
        "es": "Filas de la tabla sin momento, que no están en ninguna cifra",
        "en": "Rows of the table without a moment, which are in no figure",
    },
}
EVERY = {
    "day": {"es": "por día", "en": "by day"},
    "week": {"es": "por semana", "en": "by week"},
    "month": {"es": "por mes", "en": "by month"},
    "quarter": {"es": "por trimestre", "en": "by quarter"},
    "year": {"es": "por año", "en": "by year"},
}
