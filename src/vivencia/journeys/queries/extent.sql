-- When the first and the last step happened, those whose time can be believed before all others;
-- both NULL before the first.
SELECT
    coalesce(min(CASE WHEN (flags & {untimed}) = 0 THEN happened_at END), min(happened_at)) AS first,
    coalesce(max(CASE WHEN (flags & {untimed}) = 0 THEN happened_at END), max(happened_at)) AS last
FROM scope
