-- How many interactions that could be asked about have an answer (1000) or none (0), in each group
-- and on each day asked for.
WITH answered AS (
    SELECT DISTINCT about_hi AS judged_hi, about_lo AS judged_lo
    FROM interactions
    WHERE kind = {answered} AND about_hi IS NOT NULL AND score IS NOT NULL
        AND source NOT IN (SELECT source FROM hidden)
)
SELECT {groups}{day}CASE WHEN judged_hi IS NULL THEN 0 ELSE 1000 END AS score, undone,
    (flags & {untimed}) <> 0 AS untimed, count(*) AS n
FROM scope LEFT JOIN answered ON judged_hi = id_hi AND judged_lo = id_lo
WHERE kind NOT IN ({not_askable}) AND initiated_by <> {system}
GROUP BY ALL
