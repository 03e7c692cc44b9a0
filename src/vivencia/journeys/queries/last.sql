-- When the last step happened, of those that have none of the flags `untimed`; no row where there
-- is none. In order and the first of it: an engine skips each block of rows that ends earlier, where
-- a greatest value would be looked for in all of them.
SELECT happened_at AS last FROM scope
WHERE (flags & {untimed}) = 0
ORDER BY happened_at DESC LIMIT 1
