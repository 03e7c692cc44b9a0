"""Doors in other people's formats, for those who come from another program.

delighted   the API of Delighted, which closed in 2026: its clients only change their base URL
"""
