"""Interactions written to files: rows.py reads the log page by page, writers.py write formats."""
