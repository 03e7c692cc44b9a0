"""PostgreSQL instead of SQLite, for who outgrows one machine: everything that differs is here.

choice.py      what DATABASE_URL says
dialect.py     the rooms' SQL in PostgreSQL's words
connection.py  a connection with the face of sqlite3's, which is the one the rooms know
base.py        Django's backend, on such connections
migrating.py   migrations whose words differ
leading.py     what one of several processes does
lost.py        whether a connection is still there
"""
