-- The last interaction of the log that the columns hold.
SELECT max(value) AS seq
FROM state
WHERE name = 'watermark.seq'
