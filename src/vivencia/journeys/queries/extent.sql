-- When the first and the last step happened; both NULL before the first.
SELECT min(happened_at) AS first, max(happened_at) AS last FROM scope
