"""Nothing lost: backups, their restoring, and the proof that stored values are as written.

blocks.py     tables as blocks of rows, and the digest of a block
sealing.py    the digests, taken in the background soon after rows were written
verifying.py  every value against its seal
manifest.py   what a backup consists of
making.py     a backup while everything goes on
restoring.py  a backup brought back, whole or not at all
actions.py    a backup as the command and the daily job make it
beside.py     sealing, the daily backup and verification beside a running server
setting_aside.py  the database as it was before an upgrade
places.py     where backups go
runs.py       what was backed up, restored, verified, and how it ended
journal.py    who was erased, as keys only; a restored backup has it carried out again
"""
