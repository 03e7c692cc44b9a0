-- How often each kind of interaction happened.
SELECT kind, count(*) AS n
FROM scope
WHERE NOT undone
GROUP BY kind
