-- The words a field ever held, in alphabetical order.
SELECT text
FROM words
WHERE field = $list AND text IS NOT NULL
ORDER BY text
