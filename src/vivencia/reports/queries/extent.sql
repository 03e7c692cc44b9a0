-- From which local day to which there are answers of the scales the home page shows.
SELECT min(day) AS first, max(day) AS last
FROM scope
WHERE NOT undone AND score IS NOT NULL AND (flags & {untimed}) = 0
