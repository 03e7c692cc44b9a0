"""Every part in every state, for the gallery at /parts/ and for the tests that look at it.

People, bank and figures are invented; the intervals are those of definitions for their n.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from vivencia.lib import formats
from vivencia.lib.charts.histogram import Count, Histogram, histogram
from vivencia.lib.charts.sparkline import sparkline
from vivencia.lib.charts.trend import Event, Point, Series, Trend, trend
from vivencia.lib.chips import Chip, Choice
from vivencia.lib.figures import Change, Figure, Scale
from vivencia.lib.tables import Cell, Column, Pages, Table, headers

NPS = Scale(-100, 100, signed=True, edges=(0, 50, 70))
SHARE = Scale(0, 100, "%", goal=80)
EFFORT = Scale(1, 7, out_of=7)
WAIT = Scale(0, 900_000, sort="duration", higher_is_better=False)
NOTES = [38, 12, 19, 27, 31, 82, 95, 158, 210, 274, 338]
MONTHS = [date(2026, month, 1) for month in range(5, 11)]


def specimens(language: str) -> dict[str, Any]:
    """What templates/shell/parts.html shows, in `language`."""
    spanish = formats.tongue(language) == "es"

    def say(es: str, en: str) -> str:
        return es if spanish else en

    return {
        "scores": _scores(say),
        "changes": [replace(change, since=_since(say)) for change in CHANGES],
        "scale": NPS,
        "joined": _trend([1204, 1180, 1251, 1302, 1190, 1284], language, say),
        "loose": _trend([21, 4, 18, 12, 25, 29], language, say),
        "bars": _bars(say),
        "histogram": _notes(language, say),
        "spark": sparkline([18, 21, 26, None, 24, 31], label=say("sube", "rises")),
        "excluded": [41, 29, 22, 15],
        "people": ["Bruno Muestra", "Clara Ejemplo", say("Jurídico", "Legal")],
        "chips": _chips(say),
        "table": _table(language, say),
        "coverage": _coverage(say),
        "steps": [
            say("Archivo", "File"),
            say("Columnas", "Columns"),
            say("Filas con error", "Rows with errors"),
            say("Importar", "Import"),
        ],
    }


def _since(say: Any) -> str:
    return str(say("desde septiembre", "since September"))


CHANGES = (
    Change(5.0, 1.2, 8.8, ""),
    Change(1.2, -1.0, 3.4, ""),
    Change(-7.0, -13.2, -0.8, ""),
)

_NPS_STATES = (
    ("hidden", None, None, None, None),
    ("indicative", 38.9, 0.8, 65.9, 18),
    ("not_conclusive", 60.0, 45.3, 71.2, 100),
    ("below_zero", -35.0, -45.4, -23.6, 200),
    ("good", 24.0, 19.5, 28.4, 1284),
    ("excellent", 60.0, 50.2, 68.1, 210),
    ("world_class", 80.4, 75.7, 84.2, 510),
)


def _scores(say: Any) -> list[Figure]:
    nps = [
        Figure("NPS®", NPS, value, low, high, n, verdict, explain_url="/parts/", lens="experience")
        for verdict, value, low, high, n in _NPS_STATES
    ]
    nps[2] = replace(
        nps[2],
        note=say(
            "El intervalo cruza el 50 y el 70: no se puede decir en qué banda está.",
            "The interval crosses 50 and 70: which band it is in can not be told.",
        ),
    )
    csat = Figure(
        say("Satisfacción con la atención (CSAT)", "Satisfaction with the contact (CSAT)"),
        SHARE,
        *(86.5, 84.8, 87.9, 1912, "met"),
        change=Change(1.2, -1.0, 3.4, _since(say)),
        explain_url="/parts/",
        lens="service",
    )
    missed = replace(csat, value=61.2, low=58.9, high=63.4, verdict="missed", change=None)
    ces = Figure(
        say("Esfuerzo: «me lo pusieron fácil» (CES)", "Effort: “they made it easy” (CES)"),
        EFFORT,
        *(5.1, 5.0, 5.2, 1177, "measured"),
        explain_url="/parts/",
        lens="excellence",
    )
    wait = Figure(
        say("Primera respuesta, mediana", "First response, median"),
        WAIT,
        *(130_000.0, 122_000.0, 139_000.0, 3044, "measured"),
        of="contacts",
        change=Change(-25_000.0, -41_000.0, -9_000.0, _since(say)),
        lens="service",
    )
    busy = replace(
        ces,
        verdict="computing",
        note=say(
            "De ayer. El nuevo llega en unos 20 segundos; el sitio ya está reservado.",
            "From yesterday. The new one comes in about 20 seconds; its place is kept.",
        ),
    )
    return [*nps, csat, missed, ces, wait, busy]


def _trend(ns: list[int], language: str, say: Any) -> Trend:
    values = [21.0, 0.0, 38.0, 10.0, 25.0, 39.0] if ns[0] < 30 else [20.1, 21, 26, 31, 31, 24]
    reach = 24.0 if ns[0] < 30 else 4.5
    points = [
        Point(formats.SHORT_MONTHS[formats.tongue(language)][month.month - 1], hidden=True)
        if n < 5
        else Point(
            formats.SHORT_MONTHS[formats.tongue(language)][month.month - 1],
            value,
            value - reach,
            value + reach * 0.9,
            n,
        )
        for month, n, value in zip(MONTHS, ns, values, strict=True)
    ]
    label = "NPS " + formats.number(values[-1], language, 1, signed=True)
    return trend(
        [Series(label, points, "exp")],
        label=say("NPS por mes, de mayo a octubre", "NPS by month, May to October"),
        say=lambda value: formats.number(value, language, signed=True),
        within=(-100, 100),
        hidden=say("oculto", "hidden"),
        events=[Event(4, say("1 sep: nueva firma", "1 Sep: new signature"))] if ns[0] > 30 else [],
        height=260,
    )


def _bars(say: Any) -> list[Figure]:
    rows = (
        ("app", "app", 41.0, 36.0, 45.7, 1388),
        ("web", "web", 18.2, 12.9, 23.3, 1207),
        ("teléfono", "phone", -4.1, -13.0, 4.9, 430),
        ("sucursal", "branch", -26.0, -33.0, -18.0, 399),
        ("redes", "social", None, None, None, None),
    )
    return [
        Figure(
            say(es, en),
            NPS,
            *(value, low, high, n, "hidden" if value is None else "measured"),
            lens="experience",
            explain_url="/parts/",
        )
        for es, en, value, low, high, n in rows
    ]


def _notes(language: str, say: Any) -> Histogram:
    names = [say("detractores", "detractors"), say("pasivos", "passives")]
    names.append(say("promotores", "promoters"))
    group = [(names[0], "dis2")] * 7 + [(names[1], "apa")] * 2 + [(names[2], "joy2")] * 2
    counts = [
        Count(str(note), n, formats.number(n, language), *group[note])
        for note, n in enumerate(NOTES)
    ]
    said = say(
        "Reparto de notas: 304 detractores, 368 pasivos, 612 promotores",
        "How the notes fall: 304 detractors, 368 passives, 612 promoters",
    )
    return histogram(counts, label=said)


def _chips(say: Any) -> list[Chip]:
    october, september = say("octubre de 2026", "October 2026"), say("septiembre", "September")
    return [
        Chip(
            say("Periodo", "Period"),
            october,
            choices=[
                Choice(october, "?period=2026-10", current=True),
                Choice(say("septiembre de 2026", "September 2026"), "?period=2026-09"),
                Choice(say("últimos 90 días", "last 90 days"), "?period=last-90-days"),
            ],
            form="dates",
            first=date(2026, 10, 1),
            last=date(2026, 10, 31),
        ),
        Chip(say("Frente a", "Against"), september, choices=[Choice(say("nada", "nothing"), "?")]),
        Chip(say("Canal", "Channel"), say("web o app", "web or app"), on=True, remove_url="?"),
        Chip(
            say("Añadir filtro", "Add a filter"),
            form="add",
            fields=[("channel", say("Canal", "Channel")), ("stage", say("Etapa", "Stage"))],
        ),
    ]


def _table(language: str, say: Any) -> Table:
    columns = [
        Column(say("Punto de contacto", "Touchpoint"), "touchpoint"),
        Column(say("Responde", "Owner"), "owner"),
        Column(say("Clientes", "Customers"), "customers", numeric=True),
        Column(say("Emoción", "Emotion")),
        Column(say("Revisado", "Reviewed")),
    ]
    branches = say("Red de sucursales", "Branches")
    rows = [
        [
            Cell(say("Firma en sucursal", "Signature at the branch"), "/parts/"),
            Cell(branches),
            Cell(formats.number(2120, language)),
            Cell(say("Decepción −0,42", "Disappointment −0.42"), tone="disap"),
            Cell(say("hace 14 meses", "14 months ago"), title="2025-08-12"),
        ],
        [
            Cell(say("Llamada de ayuda", "Help call"), "/parts/"),
            Cell(say("sin dueño", "no owner"), tone="quiet"),
            Cell(formats.number(430, language)),
            Cell(say("Apatía +0,05", "Apathy +0.05"), tone="apathy"),
            Cell(say("nunca", "never")),
        ],
        [
            Cell(say("App y tarjeta", "App and card"), "/parts/"),
            Cell(say("Canales digitales", "Digital channels")),
            Cell(formats.number(48213, language)),
            Cell(say("Alegría +0,31", "Joy +0.31"), tone="joy"),
            Cell(say("hace 3 semanas", "3 weeks ago")),
        ],
    ]
    return Table(
        say("Puntos de contacto", "Touchpoints"),
        headers(columns, "-customers", lambda order: f"?sort={order}"),
        rows,
        exports=[("CSV", "?export=csv"), ("Parquet", "?export=parquet")],
        pages=Pages(1, 3, 1284, after="?page=2"),
    )


def _coverage(say: Any) -> dict[str, Any]:
    def cell(state: str, share: float = 0.0, n: int = 0) -> dict[str, Any]:
        return {"state": state, "share": share, "n": n}

    return {
        "caption": say("Cobertura por etapa y canal", "Coverage by stage and channel"),
        "corner": say("Etapa", "Stage"),
        "columns": ["Chat", say("Web y app", "Web and app"), say("Teléfono", "Phone")],
        "rows": [
            (
                say("Descubrir", "Discover"),
                [cell("none"), cell("plain", 2.1, 4108), cell("deaf", n=2304)],
            ),
            (
                say("Comprar", "Buy"),
                [cell("plain", 11.7, 720), cell("well", 24.9, 5194), cell("well", 38.0, 430)],
            ),
        ],
    }
