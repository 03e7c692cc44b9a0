-- The local days with answers that count, of the scales the home page shows.
SELECT day
FROM scope
WHERE NOT undone AND score IS NOT NULL AND (flags & {untimed}) = 0 AND (flags & {left_out}) = 0
GROUP BY day
HAVING {count} > 0 -- what lost its count is counted down in a row of its own
