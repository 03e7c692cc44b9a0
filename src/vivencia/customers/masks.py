"""Values of the vault for who may not see them: enough to tell two apart, not to know whose."""

from __future__ import annotations

from vivencia.interactions.record import Sort


def masked(sort: int, value: str | None) -> str:
    """c…@ejemplo.es, ···· 207, ···· 41; an erased value is an empty text."""
    if not value:
        return ""
    if sort == Sort.email and "@" in value:
        local, _, domain = value.partition("@")
        return f"{local[:1]}…@{domain}"
    return f"···· {value[-3:]}" if len(value) > 6 else f"···· {value[-1:]}"


def masked_text(value: str | None) -> str:
    """The initials of a name, or the first letter of anything else."""
    words = (value or "").split()
    return " ".join(f"{word[0]}." for word in words[:3])
