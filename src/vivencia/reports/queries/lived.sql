-- How many interactions were lived.
SELECT count(*) AS n
FROM scope
