-- A row where any step says its channel, none where no step does.
SELECT 1 AS said FROM scope
WHERE channel <> 0 LIMIT 1
