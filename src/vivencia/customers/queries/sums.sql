-- How much there is of a customer, and how much an undone import hides.
SELECT count(*) FILTER (WHERE NOT hidden), count(*) FILTER (WHERE hidden),
    count(DISTINCT channel) FILTER (WHERE NOT hidden AND channel <> 0),
    min(happened_at) FILTER (WHERE NOT hidden), max(happened_at) FILTER (WHERE NOT hidden)
FROM (
    SELECT l.channel, l.happened_at,
        l.source IN (SELECT source FROM (/*hidden*/) AS undone) AS hidden
    FROM identities i JOIN interactions l ON l.identity = i.key
    WHERE i.customer = %(customer)s
) AS lived
