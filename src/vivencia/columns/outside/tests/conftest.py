"""The S3 server that the lake's tests use."""

from vivencia.columns.lake.tests.conftest import bucket, s3

__all__ = ["bucket", "s3"]
