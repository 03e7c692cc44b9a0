"""Surveys of other tools: what is carried over, what is said to be left behind, what is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import answers
from vivencia.surveys.importers import bring
from vivencia.surveys.importers.conditions import translate

TYPEFORM = {
    "title": "Encuesta", "settings": {"language": "es"},
    "welcome_screens": [{"title": "Dos minutos"}],
    "thankyou_screens": [{"ref": "fin", "title": "¡Gracias!"}, {"ref": "otro", "title": "Adiós"}],
    "fields": [
        {"ref": "nps", "type": "opinion_scale", "title": "¿Nos recomendarías?",
         "validations": {"required": True},
         "properties": {"steps": 11, "labels": {"left": "Nada", "right": "Seguro"}}},
        {"ref": "stars", "type": "rating", "title": "Estrellas", "properties": {"steps": 5}},
        {"ref": "six", "type": "rating", "title": "Seis", "properties": {"steps": 6}},
        {"ref": "g", "type": "group", "title": "Sobre ti", "properties": {"fields": [
            {"ref": "mail", "type": "email", "title": "Correo"},
            {"ref": "via", "type": "multiple_choice", "title": "¿Por dónde?",
             "properties": {"allow_multiple_selection": True, "allow_other_choice": True,
                            "choices": [{"ref": "w", "label": "Web"}, {"label": "Teléfono"}]}}]}},
        {"ref": "m", "type": "matrix", "title": "Valora", "properties": {"fields": [
            {"ref": "f1", "title": "Trato", "properties": {"choices": [
                {"ref": "si", "label": "Bien"}, {"ref": "no", "label": "Mal"}]}},
            {"ref": "f2", "title": "Espera"}]}},
        {"ref": "pay", "type": "payment", "title": "Paga"}],
    "logic": [{"type": "field", "ref": "nps"}],
}  # fmt: skip
SURVEYJS = {
    "title": {"default": "Survey", "es": "Encuesta"},
    "pages": [
        {"name": "p1", "elements": [
            {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10, "isRequired": True,
             "title": {"default": "Recommend us?", "es": "¿Nos recomendarías?"}},
            {"type": "comment", "name": "why", "visibleIf": "{nps} < 7 and {nps} notempty"},
            {"type": "radiogroup", "name": "Plan de hoy", "choices": [
                {"value": "G 1", "text": {"default": "Gold", "es": "Oro"}}, "silver"]},
            {"type": "text", "name": "x", "visibleIf": "{Plan de hoy} = 'G 1' || {nps} >= 9"},
            {"type": "text", "name": "y", "visibleIf": "age({birth}) > 18"}]},
        {"name": "p2", "elements": [
            {"type": "panel", "elements": [
                {"type": "matrix", "name": "quality", "columns": [1, 2, 3],
                 "rows": [{"value": "desk", "text": "Desk"}, "web"]},
                {"type": "boolean", "name": "again"}, {"type": "html", "name": "h"}]}]}],
}  # fmt: skip
FORMBRICKS = {
    "name": "Opinión",
    "languages": [{"language": {"code": "es"}, "default": True},
                  {"language": {"code": "en"}, "default": False}],
    "questions": [
        {"id": "nps", "type": "nps", "headline": {"default": "¿Nos recomendarías?",
                                                  "en": "Recommend us?"}},
        {"id": "csat", "type": "rating", "range": 5, "headline": {"default": "¿Contento?"}},
        {"id": "effort", "type": "ces", "range": 7, "headline": {"default": "¿Fácil?"}},
        {"id": "pick", "type": "multipleChoiceSingle", "headline": {"default": "¿Cuál?"},
         "choices": [{"id": "a1", "label": {"default": "Una"}},
                     {"id": "other", "label": {"default": "Otra"}}]},
        {"id": "c", "type": "contactInfo", "headline": {"default": "Tú"},
         "email": {"show": True, "placeholder": {"default": "Correo"}}},
        {"id": "cal", "type": "cal", "headline": {"default": "Cita"}}],
}  # fmt: skip
LIMESURVEY = """<?xml version="1.0"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType>
<languages><language>es</language><language>en</language></languages>
<groups><rows><row><gid>1</gid><group_order>1</group_order></row></rows></groups>
<group_l10ns><rows><row><gid>1</gid><group_name>Uno</group_name><language>es</language></row></rows>
</group_l10ns>
<questions><rows>
<row><qid>7</qid><gid>1</gid><parent_qid>0</parent_qid><type>L</type><title>NPS</title>
 <mandatory>Y</mandatory><question_order>1</question_order><relevance>1</relevance></row>
<row><qid>8</qid><gid>1</gid><parent_qid>0</parent_qid><type>T</type><title>WHY</title>
 <question_order>2</question_order><relevance>((NPS.NAOK &lt;= 6))</relevance></row>
<row><qid>9</qid><gid>1</gid><parent_qid>0</parent_qid><type>M</type><title>VIA</title>
 <other>Y</other><question_order>3</question_order></row>
<row><qid>10</qid><gid>1</gid><parent_qid>0</parent_qid><type>X</type><title>TXT</title>
 <question_order>4</question_order></row></rows></questions>
<subquestions><rows><row><qid>20</qid><parent_qid>9</parent_qid><title>WEB</title>
 <question_order>1</question_order></row></rows></subquestions>
<question_l10ns><rows>
<row><qid>7</qid><question><![CDATA[<p>¿Nos <b>recomendarías</b>?</p>]]></question>
 <language>es</language></row>
<row><qid>8</qid><question>¿Por qué?</question><language>es</language></row>
<row><qid>9</qid><question>¿Por dónde?</question><language>es</language></row>
<row><qid>20</qid><question>Web</question><language>es</language></row></rows></question_l10ns>
<answers><rows>{answers}</rows></answers>
<surveys_languagesettings><rows><row><surveyls_language>es</surveyls_language>
<surveyls_title>Clientes</surveyls_title></row></rows></surveys_languagesettings></document>"""
ANSWERS = "".join(
    f"<row><aid>{n}</aid><qid>7</qid><code>{n}</code><sortorder>{n}</sortorder></row>"
    for n in range(11)
)


def carried(form):
    return bring(form if isinstance(form, bytes) else json.dumps(form).encode())


def sorts(found):
    return {element.id: element.type.value for element in found.definition.elements()}


def test_typeform_fields_become_questions_and_the_rest_is_named():
    found = carried(TYPEFORM)
    assert sorts(found) == {
        "nps": "nps", "stars": "rating", "six": "choice", "mail": "email", "via": "choices",
        "m": "matrix",
    }  # fmt: skip
    nps = found.definition.element("nps")
    assert (nps.required, nps.ends.high) == (True, {"es": "Seguro"})
    assert found.definition.element("via").other
    assert [row.text["es"] for row in found.definition.element("m").rows] == ["Trato", "Espera"]
    assert [page.title for page in found.definition.pages] == [{}, {"es": "Sobre ti"}, {}]
    assert {lost.place for lost in found.lost} == {"otro", "six", "pay", "nps"}
    assert found.definition.thanks[0].text == {"es": "¡Gracias!"}


def test_surveyjs_conditions_become_rules_and_what_is_none_is_said():
    found = carried(SURVEYJS)
    definition = found.definition
    assert definition.languages == ("en", "es")
    assert definition.element("nps").title["es"] == "¿Nos recomendarías?"
    assert definition.element("why").visible_if == "{nps} < 7 and not {nps} empty"
    assert definition.element("x").visible_if == "{plan_de_hoy} = 'g_1' or {nps} >= 9"
    assert definition.element("y").visible_if == ""
    assert [lost.place for lost in found.lost] == ["h", "y"]
    assert sorts(found)["quality"] == "matrix"
    shown = [e.id for _, elements in answers.visible(definition, {"nps": 9}) for e in elements]
    assert "x" in shown
    assert "why" not in shown


def test_formbricks_scales_keep_their_names():
    found = carried(FORMBRICKS)
    assert sorts(found) == {
        "nps": "nps", "csat": "rating", "effort": "ces", "pick": "choice", "c_email": "email",
    }  # fmt: skip
    assert found.definition.element("nps").title == {
        "es": "¿Nos recomendarías?", "en": "Recommend us?",
    }  # fmt: skip
    assert found.definition.element("pick").other
    assert [lost.place for lost in found.lost] == ["cal"]


def test_limesurvey_structure_is_read_without_its_markup():
    found = carried(LIMESURVEY.replace("{answers}", ANSWERS).encode())
    assert sorts(found) == {"nps": "nps", "why": "text", "via": "choices"}
    definition = found.definition
    assert definition.element("nps").title == {"es": "¿Nos recomendarías?"}
    assert definition.element("why").visible_if == "( ( {nps} <= 6 ) )"
    assert definition.title == {"es": "Clientes"}
    assert [lost.place for lost in found.lost] == ["TXT"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{", b"nonsense", b"<a/>", b'{"questions": []}', b"\xff\xfe", b"[" * 100_000,
     b'{"a":' * 200 + b"1" + b"}" * 200, b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
     json.dumps({"fields": [{"ref": "p", "type": "payment"}]}).encode(),
     b'{"fields": [{"ref": "a", "type": "email", "title": "\\ud800"}]}',
     b'{"fields": [{"ref": "a", "type": "rating", "properties": {"steps": %s}}]}' % (b"9" * 5000)],
)  # fmt: skip
def test_what_is_no_survey_is_refused_in_a_sentence(raw):
    with pytest.raises(BadInput):
        bring(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["fields", "ref", "type", "title", "properties", "choices", "pages", "elements",
                 "name", "rows", "columns", "headline", "questions", "id", "label", "steps",
                 "visibleIf", "settings", "logic", "range", "languages"]
            ),
            inner
            | st.sampled_from(["matrix", "rating", "group", "checkbox", "nps", "multiple_choice"]),
            max_size=6,
        )
    ),
    max_leaves=40,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["fields", "pages", "questions", "title"]), JSON))
def test_no_file_does_more_than_be_refused(form):
    try:
        found = carried(form)
    except BadInput:
        return
    assert list(found.definition.elements())


@given(st.text(max_size=60))
def test_a_condition_is_translated_or_not_and_never_fails(text):
    translate(text, {"nps": "nps"}, {})
