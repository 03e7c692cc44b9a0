"""Who is who with splink, trained as its tutorial trains. Usage: splink_identity.py IN.parquet OUT.

Seconds from the records at hand to the cluster of each, which is written to OUT.
"""

import json
import logging
import sys
import time
import warnings

import pandas as pd
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as compare

logging.disable(logging.WARNING)
warnings.simplefilter("ignore")
KEYS = ("account", "email", "phone")
LIKELY = 0.1  # at 0.5 it finds two pairs of three, at 0.001 hardly more than here

records = pd.read_parquet(sys.argv[1], columns=["unique_id", *KEYS])
before, busy = time.perf_counter(), time.process_time()
settings = SettingsCreator(
    link_type="dedupe_only",
    comparisons=[compare.ExactMatch(key) for key in KEYS],
    blocking_rules_to_generate_predictions=[block_on(key) for key in KEYS],
)
linker = Linker(records, settings, db_api=DuckDBAPI(), set_up_basic_logging=False)
linker.training.estimate_probability_two_random_records_match(
    [block_on(key) for key in KEYS], recall=0.8
)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=7)
for key in ("email", "account"):
    linker.training.estimate_parameters_using_expectation_maximisation(block_on(key))
found = linker.inference.predict(threshold_match_probability=LIKELY)
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(found, LIKELY)
told = clusters.as_pandas_dataframe()[["unique_id", "cluster_id"]]
seconds, cpu = time.perf_counter() - before, time.process_time() - busy
told.to_parquet(sys.argv[2])
print(json.dumps({"seconds": seconds, "cpu": cpu}))
