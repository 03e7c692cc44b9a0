"""The shell's few tables: what backups and seals remember (backup/models.py)."""

from vivencia.shell.backup.models import BackupRun, Seal, Unsealed

__all__ = ["BackupRun", "Seal", "Unsealed"]
