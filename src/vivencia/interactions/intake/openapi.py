"""The intake's routes in OpenAPI 3.1, built from the types that decode and the tables that refuse.

What is said here is what happens: a test sends what the document allows and what it forbids.
"""

from __future__ import annotations

from typing import Any

import msgspec

from vivencia.interactions import checks
from vivencia.interactions.intake.limits import (
    DEEPEST,
    LARGEST_BODY,
    LARGEST_ITEM,
    LARGEST_SEGMENT_BATCH,
    MOST_ITEMS,
)
from vivencia.interactions.intake.refusals import REFUSALS
from vivencia.interactions.intake.segment import TYPES
from vivencia.interactions.intake.wire import Item, Who
from vivencia.interactions.reasons import REASONS

_SAID = {
    "id": "Your own id, a UUID or any text: the same id again is a duplicate.",
    "kind": "What happened, e.g. call.ended. May be left out where there is a score.",
    "happened_at": "ISO 8601, or seconds or milliseconds since 1970. Left out: now.",
    "sent_at": "Your clock when sending; corrects happened_at. Not part of the content.",
    "zone": "An IANA zone for a time without an offset; UTC if left out.",
    "rank": "Your own order among equal times.",
    "identity": "Who: an account, or any of account, email, phone, device.",
    "journey": "The application, order or case it belongs to.",
    "agent": "Who served.",
    "about": "The id of the interaction this one is about.",
    "stage": f"One of {', '.join(checks.STAGES)}.",
    "initiated_by": f"One of {', '.join(checks.INITIATORS)}.",
    "outcome": f"One of {', '.join(checks.OUTCOMES)}.",
    "duration": "Whole milliseconds.",
    "wait": "Whole milliseconds.",
    "scale": "nps, csat5, ces7 … or your own; needed beside a score.",
    "amount": 'In the currency\'s own unit, best as a text: "19.99".',
    "amount_minor": "In minor units: 1999. Instead of amount.",
    "currency": "ISO 4217; needed beside an amount.",
    "facts": "Properties; those declared as not personal reach the columns.",
    "properties": "Anything else you know; kept in the vault.",
    "text": "What the customer said; kept in the vault.",
}


def paths() -> dict[str, Any]:
    """The `paths` of the document."""
    own = _operation(
        "sendInteractions", "Send one interaction or a batch", "Interactions", segment=False
    )
    found = {"/api/v1/interactions": {"post": own}}
    for name in (*TYPES, "batch"):
        schema = "SegmentBatch" if name == "batch" else "SegmentMessage"
        title = f"Segment-compatible {name}"
        found[f"/v1/{name}"] = {
            "post": _operation(f"segment{name.title()}", title, schema, segment=True)
        }
    return found


def components() -> dict[str, Any]:
    """The `components` the paths refer to."""
    schemas = {
        **_item_schemas(),
        **_segment_schemas(),
        **_answer_schemas(),
    }
    bearer = {"type": "http", "scheme": "bearer", "description": "viv_…, with the scope intake"}
    basic = {"type": "http", "scheme": "basic", "description": "The key as user, no password"}
    return {"schemas": schemas, "securitySchemes": {"key": bearer, "keyAsUser": basic}}


def document() -> dict[str, Any]:
    """A whole document of the intake alone, for tests and for those who only send."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vivencia intake", "version": "1"},
        "paths": paths(),
        "components": components(),
    }


def _operation(name: str, summary: str, schema: str, *, segment: bool) -> dict[str, Any]:
    largest = LARGEST_SEGMENT_BATCH if segment else LARGEST_BODY
    kinds = ["application/json", "text/plain"] if segment else ["application/json"]
    return {
        "operationId": name,
        "summary": summary,
        "description": (
            f"Answers after everything is on disk, item by item. At most {MOST_ITEMS} items and "
            f"{largest} bytes a request (also once inflated), {LARGEST_ITEM} bytes an item, "
            f"nested {DEEPEST} deep. What can not be stored is kept in the quarantine."
        ),
        "security": [{"key": []}, {"keyAsUser": []}],
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": _reference(schema)} for kind in kinds},
        },
        "responses": {
            "200": _response("What became of each item, in order", "Answer"),
            **{str(status): _refusal(status) for status in _STATUSES},
        },
    }


_STATUSES = sorted({refusal.status for refusal in REFUSALS.values()} - {404})


def _refusal(status: int) -> dict[str, Any]:
    reasons = [name for name, refusal in REFUSALS.items() if refusal.status == status]
    response = _response(", ".join(reasons), "Refusal")
    if status in (429, 503):
        wait = {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}}
        response["headers"] = {"Retry-After": wait}
    return response


def _response(description: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": _reference(schema)}}
    return {"description": description, "content": content}


def _reference(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _item_schemas() -> dict[str, Any]:
    _, found = msgspec.json.schema_components(
        [Item, Who], ref_template="#/components/schemas/{name}"
    )
    item = found.pop("Item")
    item["title"] = "Interaction"
    item["minProperties"] = 1
    for name, said in _SAID.items():
        item["properties"][name]["description"] = said
    one = _reference("Interaction")
    listed = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_ITEMS}
    sent_at = {"type": ["string", "number", "null"], "description": _SAID["sent_at"]}
    batch = {
        "type": "object",
        "required": ["batch"],
        "properties": {"batch": listed, "sent_at": sent_at},
        "additionalProperties": False,
    }
    return {
        **found,
        "Interaction": item,
        "Interactions": {"oneOf": [one, listed, batch]},
    }


def _segment_schemas() -> dict[str, Any]:
    name = {"type": ["string", "integer", "null"], "maxLength": 255}
    time = {"type": ["string", "number", "null"]}
    anything = {"type": "object"}
    message = {
        "type": "object",
        "description": "As Segment's tracking API has it; fields not named here are welcome.",
        "minProperties": 1,
        "properties": {
            "type": {"enum": list(TYPES)},
            "messageId": name,
            "userId": name,
            "anonymousId": name,
            "previousId": name,
            "event": {"type": "string", "minLength": 1, "maxLength": checks.LONGEST_WORD},
            "name": {"type": "string"},
            "timestamp": time,
            "originalTimestamp": time,
            "sentAt": time,
            "properties": anything,
            "traits": anything,
            "context": anything,
        },
    }
    listed = {
        "type": "array",
        "items": _reference("SegmentMessage"),
        "minItems": 1,
        "maxItems": MOST_ITEMS,
    }
    batch = {
        "type": "object",
        "required": ["batch"],
        "properties": {"batch": listed, "sentAt": time, "context": anything},
    }
    return {"SegmentMessage": message, "SegmentBatch": batch}


def _answer_schemas() -> dict[str, Any]:
    text = {"type": "string"}
    result = {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": {"enum": ["stored", "duplicate", "quarantined"]},
            "id": text,
            "reason": {"enum": sorted(REASONS)},
            "field": text,
            "message": text,
            "warnings": {"type": "array", "items": text},
        },
        "additionalProperties": False,
    }
    answer = {
        "type": "object",
        "required": ["results"],
        "properties": {
            "results": {"type": "array", "items": _reference("Result"), "minItems": 1},
            "success": {"const": True},
        },
        "additionalProperties": False,
    }
    refusal = {
        "type": "object",
        "required": ["error", "message"],
        "properties": {"error": {"enum": sorted(REFUSALS)}, "message": text},
    }
    return {"Result": result, "Answer": answer, "Refusal": refusal}
