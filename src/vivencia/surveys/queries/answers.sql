-- One line an answer that counts, in order of arrival: one page of them after `after`, with its
-- further scores beside it.
WITH answers AS (
    SELECT seq, CASE WHEN kind = {answered} THEN id_hi ELSE about_hi END AS root_hi,
        CASE WHEN kind = {answered} THEN id_lo ELSE about_lo END AS root_lo, {columns}
    FROM scope
    WHERE {headline} AND NOT undone AND (flags & {left_out}) = 0 AND seq > $after
    ORDER BY seq LIMIT $limit
), first AS (
    SELECT id_hi AS rated_hi, id_lo AS rated_lo, about_hi AS of_hi, about_lo AS of_lo
    FROM interactions WHERE kind = {rated}
), rated AS (
    SELECT coalesce(of_hi, about_hi) AS root_hi, coalesce(of_lo, about_lo) AS root_lo,
        {question} AS question, score AS note
    FROM scope LEFT JOIN first
        ON kind = {changed} AND rated_hi = about_hi AND rated_lo = about_lo
    WHERE scale <> 0 AND score IS NOT NULL AND NOT undone AND (flags & {left_out}) = 0
        AND NOT {headline}
)
SELECT answers.* EXCLUDE (root_hi, root_lo){notes}
FROM answers LEFT JOIN rated USING (root_hi, root_lo)
GROUP BY ALL
ORDER BY seq
