"""What a sender gets for each bad input: nothing lost, never a 5xx, the same words every time."""

from __future__ import annotations

import gzip
import json
import resource
import time
import zlib
from collections.abc import Iterator

import pytest

from vivencia.interactions.intake.limits import LARGEST_BODY
from vivencia.interactions.record import Flag

from .intake_kit import Answered, Doors

GOOD = {"id": "good", "kind": "call.ended", "identity": "c1"}


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with Doors(tmp_path_factory.mktemp("doors") / "data") as made:
        yield made


def raw(item: str, *, good: str = "g") -> bytes:
    """A batch of a good item, `item` as written, and another good one."""
    first, last = (json.dumps({**GOOD, "id": f"{good}-{n}"}) for n in (1, 2))
    return f'{{"batch":[{first},{item},{last}]}}'.encode()


def refused(answer: Answered, status: int, reason: str) -> dict[str, object]:
    assert (answer.status, answer.json["error"]) == (status, reason)
    assert answer.json["message"]
    return answer.json


def test_1_a_body_cut_in_the_middle_names_the_byte(doors: Doors) -> None:
    before = doors.stored
    for body in (b'{"batch":[', b'{"batch":[{"id":"a","ki', b'[{"id":"a","kind":"b"},'):
        assert refused(doors.send(body), 400, "bad_json")["offset"] == len(body)
    wrong = '[{"id":"ñ"} {"id":2}]'.encode()
    assert refused(doors.send(wrong), 400, "bad_json")["offset"] == wrong.index(b' {"id":2') + 1
    assert doors.stored == before


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'[{"id":"x","kind":"k","properties":{"a":' + b"[" * 33 + b"]" * 33 + b"}}]",
    ],
)
def test_2_a_hundred_thousand_brackets_are_too_deep_at_once(doors: Doors, body: bytes) -> None:
    began = time.thread_time()  # other programs' work is not ours
    refused(doors.send(body), 400, "too_deep")
    assert time.thread_time() - began < 0.05


def test_2_brackets_inside_a_text_are_no_depth(doors: Doors) -> None:
    item = {**GOOD, "id": "brackets", "text": "[{" * 200, "properties": {"a": "[" * 99}}
    assert doors.send(item).statuses == ["stored"]


@pytest.mark.parametrize("digits", ["9" * 4301, "-" + "9" * 4301])
@pytest.mark.parametrize("field", ['"rank":%s', '"properties":{"n":%s}', '"score":%s'])
def test_3_an_integer_of_4301_digits_costs_its_item_only(
    doors: Doors, field: str, digits: str
) -> None:
    item = '{"id":"n","kind":"k",' + field % digits + "}"
    answer = doors.send(raw(item, good=f"n{field}{len(digits)}{digits[:3]}"))
    assert answer.reasons == [None, "number_range", None]
    kept = doors.one("SELECT raw FROM quarantine ORDER BY key DESC LIMIT 1")
    assert kept == item.encode()


def test_3_numbers_beyond_64_bits_never_reach_the_database_as_numbers(doors: Doors) -> None:
    large = 2**64
    for field, reason in (
        ("rank", "number_range"), ("score", "score_range"), ("duration", "bad_duration"),
        ("amount", "bad_amount"), ("amount_minor", "bad_amount"), ("happened_at", "bad_time"),
    ):  # fmt: skip
        item = {"id": "big", "kind": "k", "scale": "points", "currency": "EUR", field: large}
        assert doors.send(item).reasons == [reason]
    vault = {"id": "big", "kind": "k", "properties": {"n": large}}
    assert doors.send(vault).statuses == ["stored"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
@pytest.mark.parametrize("field", ['"score":%s', '"properties":{"n":[%s]}'])
def test_4_numbers_that_are_none_are_no_json(doors: Doors, number: str, field: str) -> None:
    before = doors.stored
    body = raw('{"id":"n","kind":"k",' + field % number + "}", good=number)
    assert refused(doors.send(body), 400, "bad_json")["offset"] == body.index(number.encode())
    assert doors.stored == before


@pytest.mark.parametrize("text", ["\\ud800", "\\udc00\\ud800", "a\\udfffb"])
def test_5_half_a_character_is_bad_unicode(doors: Doors, text: str) -> None:
    for item in (
        f'{{"id":"u","kind":"{text}"}}',
        f'{{"id":"u","kind":"k","properties":{{"{text}":1}}}}',
    ):
        answer = doors.send(raw(item, good=item))
        assert answer.reasons == [None, "bad_unicode", None]


def test_5_both_halves_are_a_character(doors: Doors) -> None:
    pair = doors.send(b'{"id":"pair","kind":"k","text":"\\ud83d\\ude00"}')
    assert pair.statuses == ["stored"]


def test_6_nul_is_taken_out_and_said(doors: Doors) -> None:
    answer = doors.send(b'{"id":"nul","kind":"k","text":"A\\u0000na","place":"So\\u0000l"}')
    assert answer.results[0]["warnings"] == ["cleaned"]
    text, place, flags = doors.rows(
        "SELECT t.text, w.text, i.flags FROM vault_texts t JOIN interactions i USING (seq)"
        " JOIN words w ON w.code = i.place WHERE t.sender_id = 'nul'"
    )[0]
    assert (text, place, flags) == ("Ana", "Sol", Flag.cleaned)


def test_6_nul_in_a_key_is_taken_out_as_in_any_text(doors: Doors) -> None:
    assert doors.send(b'{"batch\\u0000":[{"id":"in a list","kind":"k"}]}').statuses == ["stored"]
    twice = b'{"batch":[{"id":"a"}],"batch\\u0000":[{"id":"b"}]}'
    assert refused(doors.send(twice), 422, "envelope")["field"] == "batch"
    told_apart = doors.send(b'{"id":"apart","kind":"k","text":"one","text\\u0000":"two"}')
    assert told_apart.reasons == ["duplicate_key"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"kind":"\xff"}',
        b'{"kind":"\xed\xa0\x80"}',
        json.dumps(GOOD).encode("utf-16"),
        json.dumps(GOOD).encode("utf-16-le"),
        json.dumps(GOOD).encode("utf-32"),
    ],
)
def test_7_other_encodings_are_refused(doors: Doors, body: bytes) -> None:
    refused(doors.send(body), 400, "bad_encoding")


def test_7_another_charset_in_the_header_is_refused(doors: Doors) -> None:
    latin = {"content-type": "application/json; charset=iso-8859-1"}
    refused(doors.send(GOOD, headers=latin), 400, "bad_encoding")
    utf = {"content-type": 'application/json; charset="UTF-8"'}
    assert doors.send({**GOOD, "id": "charset"}, headers=utf).status == 200


def test_8_a_byte_order_mark_is_accepted(doors: Doors) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({**GOOD, "id": "bom"}).encode()
    assert doors.send(body).statuses == ["stored"]


@pytest.mark.parametrize(
    "item",
    [
        '{"id":1,"id":2,"kind":"k"}',
        '{"id":"d","kind":"k","kind":"k"}',
        '{"id":"d","kind":"k","identity":{"account":"a","account":"b"}}',
        '{"id":"d","kind":"k","properties":{"a":{"b":1,"b":2}}}',
        '{"id":"d","kind":"k","k\\u0069nd":"l"}',
        '{"id" :"d","kind":"k","kind" :"l"}',
        '{"id":"d","kind":"k","kind":"l","text":"\\u0022:"}',
        '{"id":"d","kind":"k","kind":"l","text":"\\u003afoo"}',
        '{"id":"d","kind":"k","kind":"l","text":":starts with a colon"}',
    ],
)
def test_9_a_key_twice_costs_its_item_only(doors: Doors, item: str) -> None:
    answer = doors.send(raw(item, good=item))
    assert answer.reasons == [None, "duplicate_key", None]


def test_9_a_batch_twice_is_refused_whole(doors: Doors) -> None:
    before = doors.stored
    body = b'{"batch":[{"id":"b1","kind":"k"}],"batch":[{"id":"b2","kind":"k"}]}'
    assert refused(doors.send(body), 422, "envelope")["field"] == "batch"
    assert doors.stored == before


def test_9_what_stands_beside_a_batch_is_read_by_both_passes(doors: Doors) -> None:
    sent = {"sent_at": "2026-11-21T10:00:00Z", "batch": [{**GOOD, "id": "beside"}]}
    assert doors.send(json.dumps(sent).encode()).statuses == ["stored"]
    spaced = json.dumps(sent).replace('": ', '" : ').encode()  # the second pass
    assert doors.send(spaced).statuses == ["duplicate"]
    assert refused(doors.send({**sent, "extra": 1}), 422, "envelope")["field"] == "extra"
    half = b'{"batch":[{"kind":"k"}],"\\ud800":1}'
    assert refused(doors.send(half), 422, "envelope")["field"] == "?"


def test_10_a_large_body_is_refused_before_it_is_read(doors: Doors) -> None:
    declared = {"content-length": str(10 * 1024 * 1024)}
    answer = doors.send(b"{}", headers=declared)
    assert refused(answer, 413, "too_large")["limit"] == LARGEST_BODY
    assert answer.headers["connection"] == "close"
    chunked = doors.send(b" " * (LARGEST_BODY + 1), chunks=50)
    refused(chunked, 413, "too_large")


@pytest.mark.parametrize("length", ["5", "500", "x", "-1", "9" * 30])
def test_10_a_length_that_lies_is_refused(doors: Doors, length: str) -> None:
    before = doors.stored
    refused(
        doors.send({**GOOD, "id": "lie"}, headers={"content-length": length}), 400, "bad_length"
    )
    assert doors.stored == before


def test_11_a_gzip_bomb_is_refused_within_bounds(doors: Doors) -> None:
    bomb = gzip.compress(b" " * (64 * 1024 * 1024))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = doors.send(bomb, headers={"content-encoding": "gzip"})
    refused(answer, 413, "inflated_too_large")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024  # kB


def test_11_a_hundred_thousand_empty_members_cost_no_time(doors: Doors) -> None:
    began = time.thread_time()
    answer = doors.send(gzip.compress(b"") * 100_000, headers={"content-encoding": "gzip"})
    refused(answer, 400, "bad_gzip")
    assert time.thread_time() - began < 0.5


def test_11_gzip_is_read_and_a_broken_one_refused(doors: Doors) -> None:
    packed = gzip.compress(json.dumps({**GOOD, "id": "gz"}).encode())
    header = {"content-encoding": "gzip"}
    assert doors.send(packed, headers=header).statuses == ["stored"]
    refused(doors.send(packed[:-9], headers=header), 400, "bad_gzip")
    refused(doors.send(zlib.compress(b"{}"), headers=header), 400, "bad_gzip")
    refused(doors.send(packed, headers={"content-encoding": "br"}), 415, "bad_content_encoding")


@pytest.mark.parametrize("n", [2001, 50_001])
def test_12_too_many_items_name_the_limit(doors: Doors, n: int) -> None:
    for body in (b"[" + b"{}," * (n - 1) + b"{}]", b'{"batch":[' + b"{}," * (n - 1) + b"{}]}"):
        said = refused(doors.send(body), 413, "too_many_items")
        assert said["limit"] == 2000
        assert "2000" in str(said["message"])


@pytest.mark.parametrize("body", [b"", b"  \n", b"[]", b'{"batch":[]}', b"{}", b"\xef\xbb\xbf"])
def test_13_nothing_to_store_is_empty(doors: Doors, body: bytes) -> None:
    refused(doors.send(body), 422, "empty")


@pytest.mark.parametrize("body", [b"5", b'"text"', b"null", b"true"])
def test_13_what_is_no_object_has_a_bad_shape(doors: Doors, body: bytes) -> None:
    refused(doors.send(body), 422, "bad_shape")


@pytest.mark.parametrize("kind", ["text/xml", "", "application/x-www-form-urlencoded"])
def test_14_another_content_type_is_refused(doors: Doors, kind: str) -> None:
    refused(doors.send(GOOD, headers={"content-type": kind}), 415, "bad_content_type")


def test_15_a_kind_nobody_declared_is_stored_as_it_came(doors: Doors) -> None:
    assert doors.send({"id": "odd", "kind": "Reunión en la feria"}).statuses == ["stored"]
    assert doors.one("SELECT count(*) FROM words WHERE text = 'Reunión en la feria'") == 1


def test_16_without_an_id_one_is_given_with_a_warning(doors: Doors) -> None:
    first, second = (doors.send({"kind": "page.viewed"}).results[0] for _ in range(2))
    assert first["warnings"] == ["no_id"]
    assert first["status"] == second["status"] == "stored"
    assert first["id"] != second["id"]


def test_17_the_same_again_is_a_duplicate(doors: Doors) -> None:
    item = {**GOOD, "id": "again", "sent_at": "2026-11-21T10:00:00Z"}
    assert doors.send(item).statuses == ["stored"]
    later = {**item, "sent_at": "2026-11-21T10:05:00Z"}
    assert doors.send(later).statuses == ["duplicate"]
    assert doors.send([dict(reversed(item.items())), item]).statuses == ["duplicate"] * 2
    twins = [{**GOOD, "id": "twin"}] * 2
    assert doors.send(twins).statuses == ["stored", "duplicate"]


def test_18_the_same_id_with_another_body_is_a_conflict_that_is_kept(doors: Doors) -> None:
    doors.send({**GOOD, "id": "clash"})
    other = '{"kind": "other", "id": "clash"}'
    answer = doors.send(raw(other, good="clash"))
    assert answer.status == 200
    assert answer.reasons == [None, "id_conflict", None]
    kept = doors.one("SELECT raw FROM quarantine WHERE reason = 'id_conflict' ORDER BY key DESC")
    assert kept == other.encode()


@pytest.mark.parametrize("time_sent", ["2199-01-01", "1970-01-01T00:00:00Z", 0, 7226582400000])
def test_19_an_impossible_time_is_stored_and_flagged(doors: Doors, time_sent: object) -> None:
    answer = doors.send({**GOOD, "id": f"t{time_sent}", "happened_at": time_sent})
    assert answer.statuses == ["stored"]
    assert answer.results[0]["warnings"] == ["time_flagged"]


def test_19_milliseconds_are_told_from_seconds_and_words_refused(doors: Doors) -> None:
    times = [
        1795257600,
        1795257600000,
        "1795257600",
        "2026-11-21T12:00:00+01:00",
        "2026-11-21T11:00",
    ]
    moment = 1795257600000
    for place, sent in enumerate(times):
        answer = doors.send({"id": f"ms{place}", "kind": f"ms{place}", "happened_at": sent})
        assert "warnings" not in answer.results[0]
        stored = doors.one(
            "SELECT happened_at FROM interactions i JOIN words w ON w.code = i.kind"
            " WHERE w.text = ?", f"ms{place}",
        )  # fmt: skip
        assert stored == (moment if place < 3 else 1795258800000)
    for word in ("yesterday", "2026-02-30", "12/31/2026", True, [1], ""):
        answer = doors.send({**GOOD, "id": "word", "happened_at": word})
        assert answer.reasons == ["bad_time"]


def test_19_a_time_that_a_wrong_clock_moves_off_the_calendar_is_text_that_waits(
    doors: Doors,
) -> None:
    late = {**GOOD, "happened_at": "9999-12-31T23:59:59Z", "sent_at": "0001-01-01T00:00:00Z"}
    assert doors.send([late]).reasons == ["bad_time"]


@pytest.mark.parametrize(
    "when",
    [
        {"happened_at": "2026-03-29T02:30[Europe/Madrid]"},
        {"happened_at": "2026-03-29T02:30", "zone": "Europe/Madrid"},
    ],
)
def test_20_an_hour_the_clocks_skipped_is_flagged_not_shifted(
    doors: Doors, when: dict[str, str]
) -> None:
    name = f"dst{len(when)}"
    answer = doors.send({"id": name, "kind": name, **when})
    assert answer.results[0]["warnings"] == ["time_flagged"]
    stored = doors.one(
        "SELECT happened_at FROM interactions i JOIN words w ON w.code = i.kind WHERE w.text = ?",
        name,
    )
    assert stored == 1774747800000  # 01:30 UTC, by the offset before the change


def test_21_scores_of_a_whole_number_scale(doors: Doors) -> None:
    for place, score in enumerate((10, "10", 10.0, "0")):
        answer = doors.send({"id": f"s{place}", "scale": "nps", "score": score})
        assert answer.statuses == ["stored"]
    for score in (11, -1, 7.5, "7.5", True, "ten", "1e1", [9]):
        answer = doors.send({"id": "bad", "scale": "nps", "score": score})
        assert answer.reasons == ["score_range"], score
    assert doors.send({"id": "bad", "score": 9}).reasons == ["bad_scale"]


def test_words_that_are_somebody_are_kept_out_of_the_log(doors: Doors) -> None:
    for field in (
        "kind",
        "touchpoint",
        "channel",
        "device",
        "place",
        "brand",
        "department",
        "item",
    ):
        for text in ("ana@example.org", "+34 600 123 456", "4111 1111 1111 1111"):
            result = doors.send({"id": "pii", "kind": "k", field: text}).results[0]
            assert (result["reason"], result["field"]) == ("personal_data", field)
    for text in ("ana@example.org", "4111 1111 1111 1111"):
        assert doors.one("SELECT count(*) FROM words WHERE text = ?", text) == 0


def test_fields_nobody_knows_are_said(doors: Doors) -> None:
    for field in ("role", "tenant_id", "flags", "recorded_at", "happend_at"):
        result = doors.send({"id": "f", "kind": "k", field: "admin"}).results[0]
        assert (result["reason"], result["field"]) == ("unknown_field", field)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/api/v1/interactions", "GET", 405),
        ("/api/v1/interactions", "HEAD", 405),
        ("/api/v1/interactions", "OPTIONS", 405),
        ("/api/v1/interactions", "TRACE", 405),
        ("/v1/nothing", "POST", 404),
        ("/api/v1/interactions/", "POST", 404),
    ],
)
def test_other_ways_in(doors: Doors, path: str, method: str, status: int) -> None:
    answer = doors.send(b"" if method == "HEAD" else GOOD, path, method=method)
    assert answer.status == status
    assert "access-control-allow-origin" not in answer.headers
    assert bool(answer.body) == (method != "HEAD")


def test_keys(doors: Doors) -> None:
    from .intake_kit import new_key

    for wrong in ("nonsense", "viv_aaaaaaaa_" + "a" * 43, doors.key[:-1] + "_"):
        refused(doors.send(GOOD, key=wrong), 401, "no_key")
    refused(doors.send(GOOD, headers={"authorization": ""}), 401, "no_key")
    refused(doors.send(GOOD, key=new_key(doors.data, "reader", "read")), 403, "no_scope")


def test_it_speaks_spanish(doors: Doors) -> None:
    answer = doors.send(b"[]", headers={"accept-language": "es-ES,es;q=0.9"})
    assert answer.json["message"].startswith("No hay nada que guardar")
