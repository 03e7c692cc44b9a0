"""LimeSurvey's survey structure (.lss): tables of groups, questions, answers and their texts.

Files since version 4 keep the texts in `…_l10ns` tables; older ones in the rows themselves, one
row per language. Both are read.
"""

from __future__ import annotations

from collections import defaultdict
from xml.etree import ElementTree

from vivencia.surveys.importers.carrying import (
    Carried,
    Carrying,
    Source,
    choices_of,
    only,
    plain,
)
from vivencia.surveys.importers.conditions import translate

Row = dict[str, str]
_PLAIN = {"S": "text", "N": "text", "D": "date", "|": "file"}
_LISTS = ("L", "!", "O")
# Arrays whose columns LimeSurvey itself supplies.
_ARRAYS: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "A": tuple((str(n), {"es": str(n), "en": str(n)}) for n in range(1, 6)),
    "B": tuple((str(n), {"es": str(n), "en": str(n)}) for n in range(1, 11)),
    "C": (("Y", {"es": "Sí", "en": "Yes"}), ("U", {"es": "No sé", "en": "Uncertain"}),
          ("N", {"es": "No", "en": "No"})),
    "E": (("I", {"es": "Más", "en": "Increase"}), ("S", {"es": "Igual", "en": "Same"}),
          ("D", {"es": "Menos", "en": "Decrease"})),
}  # fmt: skip


def is_one(source: Source) -> bool:
    return isinstance(source, ElementTree.Element) and source.find("questions") is not None


def carry(source: Source) -> Carried:
    """The survey as ours. Raises BadInput when nothing in it can be asked."""
    assert isinstance(source, ElementTree.Element)
    told = _rows(source, "surveys_languagesettings")
    languages = _codes(source, told)
    reading = _Reading(source, Carrying(languages))
    to = reading.to
    for row in told:
        language = row.get("surveyls_language", "")[:3].split("-")[0]
        if language in languages:
            to.title[language] = plain(row.get("surveyls_title"))
            to.intro[language] = plain(row.get("surveyls_welcometext"))
            to.thanks[language] = plain(row.get("surveyls_endtext"))
    conditions = []
    for group, text in reading.groups():
        to.page(text)
        for question in reading.questions_of(group):
            key = reading.question(question)
            relevance = question.get("relevance", "1").strip()
            if key and relevance not in ("", "1"):
                conditions.append((key, relevance))
    for key, relevance in conditions:
        to.show_if(key, translate(relevance, to.names, to.values), relevance)
    return to.finish()


def _rows(source: ElementTree.Element, table: str) -> list[Row]:
    return [{cell.tag: cell.text or "" for cell in row} for row in source.iterfind(
        f"{table}/rows/row")]  # fmt: skip


def _codes(source: ElementTree.Element, told: list[Row]) -> tuple[str, ...]:
    listed = [language.text or "" for language in source.iterfind("languages/language")]
    listed += [row.get("surveyls_language", "") for row in told]
    short = (code.split("-")[0].lower() for code in listed)
    sound = (code for code in short if code.isascii() and code.isalpha() and 2 <= len(code) <= 3)
    return tuple(dict.fromkeys(sound))[:10] or ("en",)


class _Reading:
    def __init__(self, source: ElementTree.Element, to: Carrying) -> None:
        self.to = to
        self.group_rows = _rows(source, "groups")
        self.question_rows = _rows(source, "questions")
        self.below: dict[str, list[Row]] = defaultdict(list)
        for row in _rows(source, "subquestions"):
            self.below[row.get("parent_qid", "")].append(row)
        self.answers: dict[str, list[Row]] = defaultdict(list)
        for row in _rows(source, "answers"):
            self.answers[row.get("qid", "")].append(row)
        self.texts: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        self._learn(self.group_rows + _rows(source, "group_l10ns"), "gid", ("group_name",))
        asked = [row for rows in self.below.values() for row in rows] + self.question_rows
        self._learn(asked + _rows(source, "question_l10ns"), "qid", ("question", "help"))
        self._learn(_rows(source, "answer_l10ns"), "aid", ("answer",))
        for row in _rows(source, "answers"):  # before version 4
            row["place"] = f"{row.get('qid')}.{row.get('code')}"
            self._learn([row], "place", ("answer",))

    def _learn(self, rows: list[Row], key: str, names: tuple[str, ...]) -> None:
        for row in rows:
            language = row.get("language", "").split("-")[0].lower()
            for name in names:
                if name in row and language in self.to.languages and plain(row[name]):
                    self.texts[key, row.get(key, ""), name][language] = plain(row[name])

    def groups(self) -> list[tuple[str, dict[str, str]]]:
        """(id, title) of every group, in order, once however many languages it is in."""
        ordered = sorted(self.group_rows, key=lambda row: _number(row.get("group_order")))
        ids = dict.fromkeys(row.get("gid", "") for row in ordered)
        return [(gid, self.texts["gid", gid, "group_name"]) for gid in ids]

    def questions_of(self, group: str) -> list[Row]:
        rows = [row for row in self.question_rows
                if row.get("gid") == group and row.get("parent_qid", "0") in ("0", "")]  # fmt: skip
        rows.sort(key=lambda row: _number(row.get("question_order")))
        return list({row.get("qid", ""): row for row in reversed(rows)}.values())[::-1]

    def question(self, row: Row) -> str | None:
        """The id of the element carried; None for one left behind."""
        qid, sort, name = row.get("qid", ""), row.get("type", ""), row.get("title", "question")
        title = self.texts["qid", qid, "question"]
        more: dict[str, object] = {"hint": self.texts["qid", qid, "help"],
                                   "required": row.get("mandatory") == "Y"}  # fmt: skip
        if sort in _PLAIN:
            if sort == "N":
                self.to.lose(name, "que solo admite números", "that it takes numbers only")
            return self.to.ask(name, _PLAIN[sort], title, **more)
        if sort in ("T", "U"):
            return self.to.ask(name, "text", title, lines=4, **more)
        if sort == "Y":
            return self.to.ask_yes_no(name, title, **more)
        if sort == "5":
            return self.to.ask(name, "rating", title, scale="rating5", **more)
        if sort in (*_LISTS, "M", "P", "R"):
            return self.among(row, sort, name, title, more)
        if sort == "F" or sort in _ARRAYS:
            rows = self.picks(self.below[qid])
            fixed = [(v, only(t, self.to.languages)) for v, t in _ARRAYS.get(sort, ())]
            return self.to.ask_among(name, "matrix", title, fixed or self.picks_of(qid),
                                     rows=choices_of(rows)[0], **more)  # fmt: skip
        if sort == "Q":
            for part in self.below[qid]:
                words = self.texts["qid", part.get("qid", ""), "question"]
                self.to.ask(f"{name}_{part.get('title', '')}", "text", words)
            return None
        self.to.lose(name, f"una pregunta de tipo «{sort}»", f'a question of type "{sort}"')
        return None

    def among(
        self, row: Row, sort: str, name: str, title: dict[str, str], more: dict[str, object]
    ) -> str:
        qid = row.get("qid", "")
        among = self.picks(self.below[qid]) if sort in ("M", "P") else self.picks_of(qid)
        if sort in _LISTS and [code for code, _ in among] == [str(n) for n in range(11)]:
            return self.to.ask(name, "nps", title, **more)
        ours = {"M": "choices", "P": "choices", "R": "ranking"}.get(sort, "choice")
        if sort in ("O", "P"):
            self.to.lose(name, "el comentario junto a la opción", "the comment beside the choice")
        other = ours != "ranking" and row.get("other") == "Y"
        return self.to.ask_among(name, ours, title, among, other=other, **more)

    def picks(self, rows: list[Row]) -> list[tuple[str, dict[str, str]]]:
        """(code, text) of subquestions, in order, once however many languages they are in."""
        ordered = sorted(rows, key=lambda row: _number(row.get("question_order")))
        ids = {row.get("qid", ""): row.get("title", "") for row in ordered}
        return [(code, self.texts["qid", qid, "question"]) for qid, code in ids.items()]

    def picks_of(self, qid: str) -> list[tuple[str, dict[str, str]]]:
        """(code, text) of a question's own answers, in order."""
        ordered = sorted(self.answers[qid], key=lambda row: _number(row.get("sortorder")))
        found = {}
        for row in ordered:
            code = row.get("code", "")
            new = self.texts["aid", row.get("aid", ""), "answer"]
            found[code] = new or self.texts["place", f"{qid}.{code}", "answer"]
        return list(found.items())


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
