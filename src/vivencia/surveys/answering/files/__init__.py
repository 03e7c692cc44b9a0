"""Files people send with an answer: taken apart, kept without what they do not say themselves."""
