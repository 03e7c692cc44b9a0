-- Up to which interaction of the log the columns have come.
SELECT CAST(value AS BIGINT) AS seq
FROM state
WHERE name = 'watermark.seq'
