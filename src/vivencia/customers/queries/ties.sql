-- Evidence between a customer's identities and somebody else's.
SELECT l.key, l.a, l.b, l.verified, l.rule, l.seq, here.customer, there.customer
FROM identities here
JOIN links l ON l.a = here.key
JOIN identities there ON there.key = l.b
WHERE here.customer = %(customer)s AND there.customer <> here.customer
UNION
SELECT l.key, l.a, l.b, l.verified, l.rule, l.seq, here.customer, there.customer
FROM identities here
JOIN links l ON l.b = here.key
JOIN identities there ON there.key = l.a
WHERE here.customer = %(customer)s AND there.customer <> here.customer
ORDER BY 4 DESC, 1
LIMIT 100
