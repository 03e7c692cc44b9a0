-- Whether a customer has an interaction that fits the filters at or after a place in the log.
SELECT 1
FROM identities i JOIN interactions l ON l.identity = i.key
WHERE i.customer = %(customer)s AND l.seq >= %(before)s
    AND l.source NOT IN (SELECT source FROM (/*hidden*/) AS undone)
    AND /*filters*/
LIMIT 1
