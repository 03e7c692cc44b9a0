"""Mappings: said in TOML, guessed from headers, applied a column at a time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.interactions.formats import Batch
from vivencia.interactions.formats.rows import Options, Reader
from vivencia.interactions.mapping import Mapper, Mapping, guess, guess_columns
from vivencia.interactions.mapping.ids import SentIds
from vivencia.interactions.mapping.learn import Learnt
from vivencia.interactions.record import Flag, Identity, Sort, sender_uid
from vivencia.lib.errors import BadMapping

NOW = 1_800_000_000_000


class Rows(Reader):
    """A reader of rows at hand."""

    def __init__(self, columns, rows):
        self.columns, self.options, self.notes = list(columns), Options(), []
        self.batch = Batch([tuple(row) for row in rows], range(2, 2 + len(rows)))

    def __iter__(self):
        yield self.batch


def mapped(toml, columns, *rows):
    mapping = Mapping.from_toml(toml)
    mapping.check(columns)
    reader, learnt = Rows(columns, rows), Learnt(mapping)
    learnt.watch(reader, reader.batch)
    learnt.settle()
    mapper = Mapper(mapping, columns, learnt, source="import:x", prefix=b"8 bytes!", now=NOW)
    return mapper.map(reader.batch)


WHEN = '[columns]\nhappened_at = "at"\n'


def test_only_a_time_is_needed():
    (one,) = mapped(WHEN, ["at", "x"], ("2026-01-01", "y")).interactions
    assert (one.kind, one.identities, one.properties) == ("imported", (), {"x": "y"})
    assert one.rank == 2
    assert one.id == b"8 bytes!" + (2 << 8).to_bytes(8, "big")


def test_every_field_finds_its_place():
    toml = """
    verified = true
    [columns]
    identity = "who"
    email = "mail"
    happened_at = "at"
    kind = "what"
    stage = "etapa"
    outcome = "fin"
    journey = "caso"
    agent = "quien"
    duration = "tarda"
    amount = "importe"
    text = "dice"
    [constants]
    channel = "phone"
    currency = "eur"
    initiated_by = "empresa"
    [facts]
    plan = "plan"
    [units]
    duration = "s"
    """
    columns = ["who", "mail", "at", "what", "etapa", "fin", "caso", "quien", "tarda", "importe",
               "dice", "plan"]  # fmt: skip
    row = ("007", "ANA@X.com ", "1767225600", "llamó", "Compra", "success", "c 1", "Eva", "1,5",
           "1.234,50 €", "hola\0", "oro")  # fmt: skip
    (one,) = mapped(toml, columns, row).interactions
    assert one.identities == (
        Identity(Sort.account, "007", True),
        Identity(Sort.email, "ana@x.com", True),
    )
    assert (one.happened_at, one.kind, one.channel) == (1_767_225_600_000, "llamó", "phone")
    assert (one.stage, one.outcome, one.initiated_by) == (3, 1, 2)
    assert (one.journey, one.agent, one.duration) == ("c 1", "Eva", 1500)
    assert (one.amount, one.currency, one.text) == (123_450, "EUR", "hola")
    assert one.facts == {"plan": "oro"}
    assert one.flags == Flag.cleaned
    assert one.properties is None


SURVEY = """
[constants]
happened_at = 2026-01-01
[[scores]]
column = "seat"
scale = "csat5"
touchpoint = "seat"
missing = ["0"]
[[scores]]
column = "nps"
scale = "nps"
"""


def test_a_missing_0_may_be_written_as_a_decimal():
    result = mapped(SURVEY, ["seat", "nps"], ("0.0", ""), ("0.00", "9"), ("5.0", ""))
    assert [one.score for one in result.interactions] == [9000, 5000]
    assert not result.refused


def test_a_row_with_several_scores_is_several_interactions():
    result = mapped(
        SURVEY, ["seat", "nps", "why"], ("5", "10", "so"), ("0", "", ""), ("", "7", None)
    )
    found = [(one.touchpoint, one.scale, one.score) for one in result.interactions]
    assert found == [("seat", "csat5", 5000), (None, "nps", 10_000), (None, "nps", 7000)]
    assert [one.properties for one in result.interactions] == [{"why": "so"}, None, None]
    assert all(one.kind == "survey.answered" for one in result.interactions)
    assert all(one.flags == Flag.time_constant for one in result.interactions)
    assert len({one.id for one in result.interactions}) == 3
    whose = [one.identities for one in result.interactions]  # each row a customer of its own
    assert whose[0] == whose[1] != whose[2] != ()


@pytest.mark.parametrize("value", ["11", "-1", "7.5", True, "ten", 10.5, "1e1", "NaN"])
def test_a_score_off_its_scale_costs_itself_only(value):
    result = mapped(SURVEY, ["seat", "nps"], ("4", value))
    assert [one.score for one in result.interactions] == [4000]
    assert [(one.number, one.reason, one.column) for one in result.refused] == [
        (2, "score_range", "nps")
    ]


@pytest.mark.parametrize("value", ["10", 10, 10.0, "10.0", " 10 ", "10,0"])
def test_ten_is_ten_however_written(value):
    assert [one.score for one in mapped(SURVEY, ["seat", "nps"], ("", value)).interactions] == [
        10_000
    ]


def test_true_is_not_one():
    result = mapped(SURVEY, ["seat", "nps"], (1, 1), (True, 1.0))
    assert [one.score for one in result.interactions] == [1000, 1000, 1000]
    assert [one.column for one in result.refused] == ["seat"]


def test_words_can_be_scores():
    toml = WHEN + '[[scores]]\ncolumn = "s"\nscale = "csat5"\nvalues = { "Muy bien" = 5, Mal = 2 }'
    result = mapped(toml, ["at", "s"], ("2026-01-01", "muy bien"), ("2026-01-01", "Regular"))
    assert [one.score for one in result.interactions] == [5000]
    assert [one.reason for one in result.refused] == ["score_range"]


def test_a_score_of_the_row_leaves_the_row_without_it():
    toml = '[columns]\nhappened_at = "at"\nkind = "k"\nscore = "s"\n[constants]\nscale = "nps"'
    result = mapped(toml, ["at", "k", "s"], ("2026-01-01", "call", "9"), ("2026-01-01", "", ""))
    assert [(one.kind, one.scale, one.score) for one in result.interactions] == [
        ("call", "nps", 9000),
        ("imported", None, None),
    ]


def test_personal_words_and_bad_times_refuse_the_row():
    toml = WHEN + 'channel = "c"\nemail = "e"'
    result = mapped(
        toml, ["at", "c", "e"],
        ("2026-01-01", "ana@example.com", ""), ("ayer", "web", ""), ("2026-01-01", "web", "a@b"),
        ("", "web", ""), ("2026-01-01", "web", "x" * 300), ("2026-01-01", "w" * 300, ""),
    )  # fmt: skip
    assert result.interactions == []
    assert [(one.number, one.reason) for one in result.refused] == [
        (2, "personal_data"), (3, "bad_time"), (4, "bad_identity"), (5, "bad_time"),
        (6, "bad_identity"), (7, "too_long"),
    ]  # fmt: skip


def test_the_future_and_skipped_hours_are_flagged_not_lost():
    toml = WHEN + '[time]\nzone = "Europe/Madrid"'
    times = ["2199-01-01", "2026-03-29T02:30", "1970-01-01"]
    flags = [one.flags for one in mapped(toml, ["at"], *[(t,) for t in times]).interactions]
    assert flags == [Flag.time_flagged, Flag.time_flagged, 0]


def test_commas_and_points_are_told_or_asked():
    toml = WHEN + 'amount = "a"\n[constants]\ncurrency = "EUR"'
    rows = [("2026-01-01", "1.234"), ("2026-01-01", "12,50")]
    assert [one.amount for one in mapped(toml, ["at", "a"], *rows).interactions] == [123_400, 1250]
    with pytest.raises(BadMapping) as error:
        mapped(toml, ["at", "a"], rows[0])
    assert error.value.reason == "decimal"
    (one,) = mapped('decimal = ","\n' + toml, ["at", "a"], rows[0]).interactions
    assert one.amount == 123_400


def test_facts_keep_the_sort_of_their_cells():
    toml = WHEN + '[facts]\na = "a"\nb = "b"\nc = { column = "c", sort = "number" }\nd = "d"'
    (one,) = mapped(
        toml, ["at", "a", "b", "c", "d"], ("2026-01-01", "007", 2.5, "3", True)
    ).interactions
    assert one.facts == {"a": "007", "b": 2.5, "c": 3, "d": True}


# ── TOML ─────────────────────────────────────────────────────────────────────

CONTRACT = """
format = "csv"                # guessed from the name when left out
[columns]                     # field of the record = column of the file; also text
identity = "Case ID"
journey = "Case ID"
kind = "Activity"
happened_at = "Complete Timestamp"
[facts]                       # declared as not personal
class = "Class"
[constants]
channel = "phone"
[time]
format = "%d.%m.%Y %H:%M"
zone = "Europe/Madrid"
[[scores]]
column = "Seat comfort"
scale = "csat5"
touchpoint = "seat"
missing = ["0"]
"""


def test_the_contract_is_read_and_written_back():
    mapping = Mapping.from_toml(CONTRACT)
    assert mapping.scores[0].constants == {"touchpoint": "seat"}
    assert Mapping.from_toml(mapping.to_toml()) == mapping
    assert Mapping.from_dict(mapping.to_dict()).digest == mapping.digest
    assert mapping.digest != Mapping.from_toml(CONTRACT.replace("phone", "web")).digest


@pytest.mark.parametrize(
    ("toml", "word"),
    [
        ("[columns", "TOML"),
        ("[colums]\na = 'b'", "columns"),
        ("[columns]\nhappend_at = 'b'", "happened_at"),
        ("[columns]\nkind = 3", "kind"),
        ("[constants]\nstage = 'nowhere'", "stage"),
        ("[constants]\nchannel = 'ana@example.com'", "channel"),
        ("[time]\nzone = 'Mars/Base'", "Mars"),
        ("[time]\nformat = '%H'", "%H"),
        ("[[scores]]\ncolumn = 'a'", "scale"),
        ("format = 'doc'", "doc"),
        ("[columns]\nkind = 'a'\n[constants]\nkind = 'b'", "kind"),
        ("[facts]\nx = { column = 'a', sort = 'date' }", "sort"),
    ],
)
def test_mistakes_are_named_in_both_languages(toml, word):
    with pytest.raises(BadMapping) as error:
        Mapping.from_toml(toml)
    assert word in error.value.es
    assert word in error.value.en


def test_a_wrong_column_is_answered_with_the_near_one():
    with pytest.raises(BadMapping, match="Complete Timestamps"):
        Mapping.from_toml(CONTRACT).check(["Case ID", "Activity", "Complete Timestamps", "Class"])


def test_missing_time_scale_currency_and_identity_are_asked_for():
    for toml, reason in [
        ("", "no_time"),
        (WHEN + 'score = "s"', "no_scale"),
        (WHEN + 'amount = "s"', "no_currency"),
        ('[traits]\nname = "s"', "no_identity"),
    ]:
        with pytest.raises(BadMapping) as error:
            Mapping.from_toml(toml).check(["at", "s"])
        assert error.value.reason == reason


# ── guesses ──────────────────────────────────────────────────────────────────


def test_spanish_and_english_headers_are_understood():
    columns = ["fecha_resp", "id_cliente", "Correo electrónico", "¿Nos recomendarías?", "Canal",
               "Comentario", "Satisfacción", "Oficina"]  # fmt: skip
    sample = [
        ("03/10/2026 18:22", "A-20931", "c@ejemplo.es", "6", "Mail", "Bien, pero lenta", "5", "12"),
        ("13/10/2026 18:22", "A-20932", "d@ejemplo.es", "10", "Web", "Muy mal servicio", "1", "13"),
    ]
    mapping = guess(columns, sample)
    assert mapping.columns == {
        "happened_at": "fecha_resp", "identity": "id_cliente", "email": "Correo electrónico",
        "channel": "Canal", "text": "Comentario", "place": "Oficina",
    }  # fmt: skip
    assert [(one.column, one.scale) for one in mapping.scores] == [
        ("¿Nos recomendarías?", "nps"),
        ("Satisfacción", "csat5"),
    ]


def test_event_logs_are_understood():
    columns = ["case:concept:name", "concept:name", "time:timestamp", "org:resource", "x"]
    mapping = guess(columns, [("1", "open", "2026-01-01T00:00:00Z", "Eva", "free text here")])
    assert mapping.columns == {
        "journey": "case:concept:name", "identity": "case:concept:name", "kind": "concept:name",
        "happened_at": "time:timestamp", "agent": "org:resource",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "values", "scale", "sure"),
    [
        ("nps", range(11), "nps", "sure"),
        ("would you recommend us", range(1, 11), "nps", "likely"),
        ("recommend", range(1, 6), "nps", "ask"),
        ("rating", range(1, 11), "scale1-10", "ask"),
        ("rating", range(11), "scale0-10", "ask"),
        ("rating", range(1, 6), "csat5", "ask"),
        ("satisfaction", range(1, 6), "csat5", "likely"),
        ("nota", range(1, 8), "scale1-7", "ask"),
        ("ces", range(1, 8), "ces7", "sure"),
        ("effort", range(1, 11), "scale1-10", "ask"),
    ],
)
def test_a_scale_is_told_from_values_and_name_or_asked(header, values, scale, sure):
    (found,) = guess_columns([header], [(str(value),) for value in values])
    assert (found.target, found.scale, found.sure) == ("score", scale, sure)


def test_the_questions_of_one_survey_are_on_one_scale():
    columns = ["Ease of booking", "Seat", "Food", "Crew"]
    sample = [[str((n + place) % 5 + 1) for place in range(4)] for n in range(50)]
    assert {one.scale for one in guess_columns(columns, sample)} == {"csat5"}
    tens = [[str((n + place) % 10 + 1) for place in range(4)] for n in range(50)]
    assert {one.scale for one in guess_columns(["a", "b", "c", "d"], tens)} == {"scale1-10"}
    tens[3][2] = "0"
    assert {one.scale for one in guess_columns(["a", "b", "c", "d"], tens)} == {"scale0-10"}


def test_an_order_is_a_journey_unless_it_only_counts():
    orders = [("2026-01-01", f"o{n // 3}") for n in range(30)]
    assert guess_columns(["date", "order"], orders)[1].target == "journey"
    ranks = [("2026-01-01", str(n % 3 + 1)) for n in range(30)]
    assert guess_columns(["date", "order"], ranks)[1].target != "journey"


def test_a_time_is_found_without_its_header():
    guesses = guess_columns(["a", "b"], [("uno", "2026-01-01"), ("dos", "2026-01-02")])
    assert [(one.target, one.sure) for one in guesses] == [
        ("", "likely"),
        ("happened_at", "likely"),
    ]


@pytest.mark.parametrize("header", ["what", "Qué", "¿Qué pasó?", "Tipo de evento"])
def test_what_happened_is_its_kind(header: str):
    rows = [("2026-01-01", "A-1", "llamada"), ("2026-01-02", "A-2", "visita")] * 20
    assert guess_columns(["fecha", "cliente", header], rows)[2].target == "kind"


def test_a_slip_among_its_dates_makes_no_file_of_customers():
    columns = ["fecha", "cliente", "nps"]
    sample = [("2026-10-03 18:22", "A-1", "9"), ("ayer", "A-2", "8"), ("2026-10-05", "A-3", "7")]
    assert guess_columns(columns, sample)[0] == ("fecha", "happened_at", "likely", "")
    names = [("Ana", "A-1", "9"), ("2026-10-03", "A-2", "8"), ("Luis", "A-3", "7")]
    assert guess_columns(columns, names)[0].target == ""


def test_nothing_personal_is_guessed_as_a_category():
    guesses = guess_columns(["canal"], [("600 123 456",), ("600 123 457",)] * 20)
    assert guesses[0].target == ""


def test_our_own_export_is_understood():
    columns = ["id", "happened_at", "kind", "scale", "score", "amount"]
    sample = [("x", "2026-01-01T00:00:00Z", "call", "nps", "9", "3")]
    assert guess(columns, sample).columns == {
        "happened_at": "happened_at", "kind": "kind", "scale": "scale", "score": "score",
        "id": "id",
    }  # fmt: skip
    assert "id" not in guess(["id", "date"], [("7", "2026-01-01")]).columns


def test_another_company_s_outcomes_cost_no_row():
    columns = ["date", "outcome", "initiated_by"]
    found = guess(columns, [("2026-01-01", "not insured", "phone"), ("2026-01-02", "", "")])
    assert found.columns == {"happened_at": "date"}
    ours = guess(columns, [("2026-01-01", "success", "customer"), ("2026-01-02", "", "")])
    assert {"outcome", "initiated_by"} <= ours.columns.keys()


def test_the_sender_s_ids_are_kept_and_told_apart_by_score():
    uid = "01990350-8589-730d-af40-b55d51cc9b2f"
    toml = WHEN + 'id = "id"\nabout = "about"\n[[scores]]\ncolumn = "a"\nscale = "nps"\n'
    (one,) = mapped(toml, ["at", "id", "about", "a"], ("2026-01-01", uid, "z 1", "9")).interactions
    assert (one.id.hex(), one.sender_id) == (uid.replace("-", ""), None)
    assert one.about == sender_uid(b"", "z 1")[0]
    toml += '[[scores]]\ncolumn = "b"\nscale = "nps"\n'
    row = ("2026-01-01", "order 7", "", "9", "8")
    first, second = mapped(toml, ["at", "id", "about", "a", "b"], row).interactions
    assert first.id != second.id
    assert (first.sender_id, second.sender_id, first.about) == ("order 7", None, None)
    assert first.id == mapped(toml, ["at", "id", "about", "a", "b"], row).interactions[0].id


@settings(deadline=None)
@given(st.lists(st.uuids().map(str) | st.text(max_size=40) | st.none(), max_size=6))
def test_ids_read_together_are_those_read_alone(cells):
    together, one_by_one = SentIds("id", b"k").read(cells), []
    for cell in cells:
        one_by_one += SentIds("id", b"k").read([cell, None])[:1]
    assert together == one_by_one
