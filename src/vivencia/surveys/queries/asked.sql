-- How many of the interactions that could be asked about were, by stage and channel; and how many
-- there were of each kind at each touchpoint, whoever was asked.
WITH sent AS (
    SELECT DISTINCT about_hi AS judged_hi, about_lo AS judged_lo
    FROM interactions
    WHERE kind = {sent} AND about_hi IS NOT NULL AND source NOT IN (SELECT source FROM hidden)
)
SELECT stage, channel, kind, touchpoint, count(*) AS n, count(judged_hi) AS asked
FROM scope LEFT JOIN sent ON judged_hi = id_hi AND judged_lo = id_lo
WHERE kind NOT IN ({not_askable}) AND initiated_by <> {system} AND NOT undone
GROUP BY ALL
