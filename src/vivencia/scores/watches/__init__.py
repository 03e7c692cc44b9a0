"""Scores that are watched every day, and what is said when one of them changes."""
