-- How many interactions each touchpoint had, and when the last one happened (UTC ms).
SELECT touchpoint, count(*) AS interactions, max(happened_at) AS last
FROM scope
WHERE touchpoint <> 0 AND NOT undone
GROUP BY touchpoint
