"""Nothing lost: backups, their restoring, and the proof that stored values are as written.

journal.py    who was erased, as keys only; a restored backup has it carried out again
"""
