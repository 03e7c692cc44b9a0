-- The customers who were here last. Whoever is not known (0 or below) has no book to read.
SELECT customer, max(happened_at) AS latest FROM scope
WHERE customer > 0 AND NOT undone
GROUP BY customer ORDER BY latest DESC, customer LIMIT $top
