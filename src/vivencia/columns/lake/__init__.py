"""The columns as Parquet files, for engines that no single machine holds: Spark, or any other.

A lake is one folder, or one prefix of a bucket: for each table one file a month of what happened
(or one file, where a table has no moment), and `manifest.json`, which names the files that make up
the copy. Whoever reads goes by the manifest, which is exchanged last and whole.
"""
