-- How many answers of some scales stand at each score, by touchpoint and stretch of days.
SELECT scale, touchpoint AS by_0, {stretch} AS day, score, undone,
    (flags & {untimed}) <> 0 AS untimed, flags & {left_out} AS left_out, {count} AS n
FROM scope
WHERE scale IN ({scales})
GROUP BY ALL
