"""A table the organisation already has, read where it lies: scores of it without copying it.

Only the columns that its mapping names are read, nothing is written and nothing enters the log,
so that there is no book and no merge, and what explains a figure are the table's own row keys.
"""
