-- How many answers of one scale stand at each score, in each group and period asked for. Days are
-- counted first: there are few of them, and what makes a period of a day is then worked out once.
WITH days AS (
    SELECT {groups}{day}score, undone, (flags & {untimed}) <> 0 AS untimed, {count} AS n
    FROM scope
    WHERE scale = $scale
    GROUP BY ALL
)
SELECT {names}{bucket}score, undone, untimed, sum(n) AS n
FROM days
GROUP BY ALL
