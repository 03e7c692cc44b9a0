"""The ways a survey reaches people, beside a link of their own: each only translates.

sharing    links for all, with their QR code and poster      calls     an agent reads it out
widget     a script tag on another site                      texts     questions as messages
kiosk      a device of ours in a branch, with or without network

What is asked, taken, closed and told to the log is the machine's (answering/session.py).
"""
