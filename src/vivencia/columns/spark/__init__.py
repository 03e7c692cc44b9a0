"""The same analyses on Apache Spark, over a lake: for columns that no single machine holds.

Needs `vivencia[spark]` (PySpark and sqlglot), which nothing else imports.
"""
