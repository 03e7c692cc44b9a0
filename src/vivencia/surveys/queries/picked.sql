-- How many answers that count picked what, of a few facts at once: their product is small, and
-- they come packed into few whole numbers (results/packing.py).
SELECT {picked}, count(*) AS n
FROM scope
WHERE {headline} AND NOT undone AND (flags & {left_out}) = 0
GROUP BY ALL
