-- The answers that count, newest first: some of them, to read what was said in each.
SELECT seq, happened_at, customer, score, scale, {version} AS version, {entry} AS entry
FROM scope
WHERE {headline} AND NOT undone AND (flags & {left_out}) = 0
ORDER BY happened_at DESC, seq DESC
LIMIT $limit OFFSET $offset
