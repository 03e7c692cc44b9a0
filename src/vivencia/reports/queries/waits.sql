-- The waits of what customers lived, where one was measured, in milliseconds.
SELECT wait
FROM scope
WHERE wait IS NOT NULL
