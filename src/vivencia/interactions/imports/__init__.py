"""Files brought in: read, mapped and stored, known again, undone and taken back.

lineage.py   which earlier imports a file's rows belong to (pure)
child.py     reads and maps the file in a process of its own
actions.py   every write: run an import, undo it, take the undo back
reading.py   every read: the list, one import, its progress, its rows with errors
"""
