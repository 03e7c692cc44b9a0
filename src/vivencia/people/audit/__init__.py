"""The audit trail: who did what to which thing, when, and how it went; each entry sealed."""
