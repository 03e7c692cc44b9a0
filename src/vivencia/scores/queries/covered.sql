-- The interactions that could be asked about, newest first, and whether somebody answered: one page.
WITH answered AS (
    SELECT DISTINCT about_hi AS judged_hi, about_lo AS judged_lo
    FROM interactions
    WHERE kind = {answered} AND about_hi IS NOT NULL AND score IS NOT NULL
        AND source NOT IN (SELECT source FROM hidden)
), judged AS (
    SELECT * REPLACE (CASE WHEN judged_hi IS NULL THEN 0 ELSE 1000 END AS score)
    FROM scope LEFT JOIN answered ON judged_hi = id_hi AND judged_lo = id_lo
    WHERE kind NOT IN ({not_askable}) AND initiated_by <> {system}
)
SELECT {columns}
FROM judged
WHERE {fate}
ORDER BY happened_at DESC, rank DESC, id_hi DESC, id_lo DESC
LIMIT $limit OFFSET $offset
