-- The interactions behind a figure, newest first: one page of them.
SELECT {columns}
FROM scope
WHERE scale = $scale AND {fate}
ORDER BY happened_at DESC, rank DESC, id_hi DESC, id_lo DESC
LIMIT $limit OFFSET $offset
