-- The answers that count, newest first: some of them, to read what was said in each. `root` is the
-- id of its first form.
SELECT seq, CASE WHEN kind = {answered} THEN id_hi ELSE about_hi END AS root_hi,
    CASE WHEN kind = {answered} THEN id_lo ELSE about_lo END AS root_lo, happened_at, customer, score, scale, {version} AS version, {entry} AS entry
FROM scope
WHERE {headline} AND NOT undone AND (flags & {left_out}) = 0
ORDER BY happened_at DESC, seq DESC
LIMIT $limit OFFSET $offset
