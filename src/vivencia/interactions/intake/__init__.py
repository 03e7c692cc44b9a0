"""The HTTP doors of the log: bare ASGI, an answer only after the fsynced commit. No Django.

bodies.py     the bytes of a request: type, length, gzip, encoding
wire.py       our own items: a quick typed decode of clean bodies
tolerant.py   the second pass, when the first refuses: finds the bad item, saves the others
segment.py    Segment's messages, said as our own items
interpret.py  from an item to an `Interaction`, every value checked
writer.py     one thread that commits what all waiting requests bring
door.py       one request: from bytes to interactions and back to an answer per item
asgi.py       routes, keys, status codes
openapi.py    the same in OpenAPI 3.1
"""
