-- Customers one of whose identities or traits is the text, or begins with it.
SELECT DISTINCT i.customer
FROM identities i
WHERE i.value COLLATE NOCASE >= %(first)s AND i.value COLLATE NOCASE <= %(last)s
UNION
SELECT i.customer
FROM traits t JOIN identities i ON i.key = t.identity
WHERE t.value COLLATE NOCASE >= %(first)s AND t.value COLLATE NOCASE <= %(last)s
LIMIT %(most)s
