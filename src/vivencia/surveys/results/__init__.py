"""Listening back: what came back of a survey, how many answered, and who was never heard."""
