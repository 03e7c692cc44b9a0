"""`vivencia scores`: NPS, CSAT and CES with n, interval, verdict and the account behind them."""

from __future__ import annotations

import argparse
import json
from typing import Any
from zoneinfo import ZoneInfo

from vivencia.cli import Parser
from vivencia.cli.asking import (
    filter_arguments,
    open_analyses,
    open_outside,
    outside_argument,
    print_as_of,
    print_outside,
    refuse_unknown,
)
from vivencia.cli.ready import there
from vivencia.columns import engines
from vivencia.columns.asked import filters_of
from vivencia.columns.calendar import EVERY
from vivencia.columns.here import zone_of
from vivencia.lib.clock import moment
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadInput
from vivencia.lib.language import said, shell_language
from vivencia.lib.text_table import text_table
from vivencia.scores.definitions import MEASURES
from vivencia.scores.margins.stored import margins
from vivencia.scores.reading import behind, measure
from vivencia.scores.report import Report, Row
from vivencia.scores.score import VERDICTS, Score


def arguments(parser: Parser) -> None:
    parser.description = said(
        es="NPS, CSAT y CES: valor, respuestas, intervalo del 95 % y veredicto.\n\n"
        "Ejemplos:\n  vivencia scores nps\n  vivencia scores csat --by channel --every month\n"
        "  vivencia scores nps --where plan=premium --from 2026-01-01",
        en="NPS, CSAT and CES: value, answers, 95% interval and verdict.\n\n"
        "Examples:\n  vivencia scores nps\n  vivencia scores csat --by channel --every month\n"
        "  vivencia scores nps --where plan=premium --from 2026-01-01",
    )
    parser.add_argument(
        "score", choices=MEASURES,
        help=said(es="qué indicador: lealtad, satisfacción o facilidad",
                  en="which one: loyalty, satisfaction or ease"),
    )  # fmt: skip
    parser.add_argument(
        "--by", action="append", default=[], metavar="FIELD",
        help=said(es="un valor por cada valor del campo", en="one figure for each value of FIELD"),
    )  # fmt: skip
    parser.add_argument("--every", choices=EVERY, help=said(es="por periodos", en="by period"))
    parser.add_argument(
        "--definition", metavar="NAME", help=said(es="una variante con nombre", en="a variant")
    )
    outside_argument(parser)
    parser.add_argument(
        "--behind", action="store_true",
        help=said(es="con --outside: las claves de sus últimas 50 filas que cuentan",
                  en="with --outside: the keys of its latest 50 rows that count"),
    )  # fmt: skip
    filter_arguments(parser)


def run(options: argparse.Namespace, data: DataDir) -> int:
    if options.outside:
        return _of_a_table_outside(options, data)
    if options.behind:
        raise BadInput(
            es="--behind acompaña a --outside: lo que hay tras una cifra del registro está en su "
            "página.",
            en="--behind goes with --outside: what is behind a figure of the log is on its page.",
        )
    columns = open_analyses(data)
    try:
        filters = filters_of(options.where, options.start, options.end, zone_of(data))
        refuse_unknown(columns, filters)
        report = measure(
            columns, options.score, by=options.by, every=options.every, filters=filters,
            definition=options.definition, margins=margins(data),
        )  # fmt: skip
    finally:
        columns.close()
    if options.json:
        print(json.dumps(engines.dated(report.as_dict(), columns), ensure_ascii=False))
        return 0
    print(_told(report))
    print_as_of(columns, data)
    return 0


def _of_a_table_outside(options: argparse.Namespace, data: DataDir) -> int:
    """The same of a table that is not ours: no margins, and every answer says where it is from."""
    zone = zone_of(there(data))
    columns = open_outside(options.outside, zone)
    try:
        filters = filters_of(options.where, options.start, options.end, zone)
        refuse_unknown(columns, filters)
        report = measure(
            columns, options.score, by=options.by, every=options.every, filters=filters,
            definition=options.definition,
        )  # fmt: skip
        asked = {"filters": filters, "definition": options.definition}
        rows = behind(columns, options.score, **asked) if options.behind else []
    finally:
        columns.close()
    if options.json:
        told = {**report.as_dict(), "source": columns.outside.as_dict()}
        print(json.dumps(told | ({"behind": rows} if options.behind else {}), ensure_ascii=False))
        return 0
    print(_told(report))
    print_outside(columns.outside)
    if rows:
        print("\n" + text_table(list(rows[0]), [_behind(row, zone) for row in rows]))
    return 0


def _behind(row: dict[str, Any], zone: str) -> list[str]:
    """A row behind a figure: its key, when in local time, the score as it stands on its scale."""
    when = moment(row["happened_at"]).astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
    told = {**row, "happened_at": when, "score": f"{row['score'] / 1000:g}"}
    return ["–" if value is None else str(value) for value in told.values()]


def _told(report: Report) -> str:
    language = shell_language()
    heads = [
        ", ".join([*(report.rows[0].by if report.rows else ()), ""]).rstrip(", ")
        or report.definition.title[language],
        said(es="valor", en="value"),
        "n",
        said(es="intervalo 95 %", en="95% interval"),
        said(es="veredicto", en="verdict"),
    ]
    lines = [line for row in report.rows for line in _lines(row, language)]
    shown = text_table(heads, lines) if lines else said(es="Sin respuestas.", en="No answers.")
    return f"{shown}\n\n{_account(report)}"


def _lines(row: Row, language: str) -> list[list[str]]:
    """A row's line, and below it that of its weighted score where there is one."""
    name = " · ".join("–" if value is None else str(value) for value in row.by.values())
    period = row.period.isoformat() if row.period else ""
    title = " ".join(part for part in (period, name) if part)
    found = [_line(title, row.score, language)]
    if row.weighted is not None:
        name = said(es="  ponderado", en="  weighted")
        if row.weighted.effective_n is not None:
            name += said(es=f", valen {row.weighted.effective_n:.0f}",
                         en=f", worth {row.weighted.effective_n:.0f}")  # fmt: skip
        found.append(_line(name, row.weighted.score, language))
    return found


def _line(title: str, score: Score, language: str) -> list[str]:
    return [
        title,
        "–" if score.value is None else f"{score.value:.1f}",
        "<5" if score.n is None else str(score.n),
        "–" if score.low is None else f"{score.low:.1f} … {score.high:.1f}",
        VERDICTS[score.verdict][language],
    ]


def _account(report: Report) -> str:
    name = f"{report.definition.name} v{report.definition.version}"
    if report.received is None:
        return said(
            es=f"Menos de 5 respuestas: oculto para proteger a las personas ({name}).",
            en=f"Fewer than 5 answers: hidden to protect people ({name}).",
        )
    left_out = "".join(f", {n} {reason}" for reason, n in report.excluded.items())
    return said(
        es=f"{report.counted} de {report.received} recibidas cuentan{left_out} ({name}).",
        en=f"{report.counted} of {report.received} received count{left_out} ({name}).",
    )
