"""An invented bank whose customers' story, and the truth behind it, is known to the last digit.

`simulate(customers, seed, until)` lives through fourteen months of "Banco Aurora"; `write.py`
puts what happened and what was planted into files. Numbers only from a seeded generator:
the same seed gives the same bytes. Nothing here imports Django.
"""
