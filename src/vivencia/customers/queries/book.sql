-- The newest page of a customer's interactions before a place in the order of journeys.
WITH page AS (
    SELECT l.*
    FROM identities i JOIN interactions l ON l.identity = i.key
    WHERE i.customer = %(customer)s
        AND l.source NOT IN (SELECT source FROM (/*hidden*/) AS undone)
        AND (l.happened_at, l.rank, l.id) < (%(at)s, %(rank)s, %(id)s)
    ORDER BY l.happened_at DESC, l.rank DESC, l.id DESC
    LIMIT %(lines)s
)
SELECT page.seq, page.happened_at, page.rank, page.id, page.stage, page.initiated_by,
    page.outcome, page.duration, page.wait, page.score, page.amount, page.flags, page.identity,
    kind.text, touchpoint.text, channel.text, device.text, place.text, item.text, scale.text,
    currency.text, agent.text, journey.text, said.text
FROM page
LEFT JOIN words kind ON kind.code = page.kind
LEFT JOIN words touchpoint ON touchpoint.code = page.touchpoint
LEFT JOIN words channel ON channel.code = page.channel
LEFT JOIN words device ON device.code = page.device
LEFT JOIN words place ON place.code = page.place
LEFT JOIN words item ON item.code = page.item
LEFT JOIN words scale ON scale.code = page.scale
LEFT JOIN words currency ON currency.code = page.currency
LEFT JOIN vault_values agent ON agent.key = page.agent
LEFT JOIN vault_values journey ON journey.key = page.journey
LEFT JOIN vault_texts said ON said.seq = page.seq
ORDER BY page.happened_at, page.rank, page.id
