-- The interactions that could be asked about, newest first, and whether an answer to them counts
-- (coverage.sql): one page.
WITH forms AS (
    SELECT kind, id_hi, id_lo, about_hi, about_lo,
        score IS NOT NULL AND (flags & {left_out}) = 0 AS counts
    FROM interactions
    WHERE kind IN ({answered}, {changed}) AND about_hi IS NOT NULL
        AND source NOT IN (SELECT source FROM hidden)
), answered AS (
    SELECT about_hi AS judged_hi, about_lo AS judged_lo
    FROM forms
    WHERE kind = {answered} AND counts
    UNION
    SELECT f.about_hi, f.about_lo
    FROM forms f JOIN forms c ON c.about_hi = f.id_hi AND c.about_lo = f.id_lo
    WHERE f.kind = {answered} AND c.kind = {changed} AND c.counts
), judged AS (
    SELECT * EXCLUDE (score), CASE WHEN judged_hi IS NULL THEN 0 ELSE 1000 END AS score
    FROM scope LEFT JOIN answered ON judged_hi = id_hi AND judged_lo = id_lo
    WHERE kind NOT IN ({not_askable}) AND initiated_by <> {system}
)
SELECT {columns}
FROM judged
WHERE {fate}
ORDER BY happened_at DESC, rank DESC, id_hi DESC, id_lo DESC
LIMIT $limit OFFSET $offset
