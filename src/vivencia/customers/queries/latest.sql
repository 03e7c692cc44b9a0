-- Interactions that fit the filters, walking back through the log: whose, when and what.
SELECT l.seq, i.customer, l.happened_at, l.stage, l.outcome, l.score, kind.text, channel.text,
    touchpoint.text, scale.text
FROM interactions l
JOIN identities i ON i.key = l.identity
LEFT JOIN words kind ON kind.code = l.kind
LEFT JOIN words channel ON channel.code = l.channel
LEFT JOIN words touchpoint ON touchpoint.code = l.touchpoint
LEFT JOIN words scale ON scale.code = l.scale
WHERE l.seq < %(before)s AND l.seq >= %(floor)s
    AND l.source NOT IN (SELECT source FROM (/*hidden*/) AS undone)
    AND /*filters*/
ORDER BY l.seq DESC
