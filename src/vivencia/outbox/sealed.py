"""What the outbox must read again and a thief of the database must not read: lib/sealed.py."""

from vivencia.lib.sealed import seal, unseal

__all__ = ["seal", "unseal"]
