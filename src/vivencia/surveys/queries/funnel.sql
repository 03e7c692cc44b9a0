-- How far the invitations to one survey came, each counted once, between two moments: a message
-- and what became of it when it was sent, the rest when it happened. What became of a message is
-- about it; few come back, so those are told apart first and looked for among the sent.
WITH mine AS (
    SELECT kind, id_hi, id_lo, about_hi, about_lo,
        happened_at >= $since AND happened_at < $until AS timely
    FROM scope
    WHERE kind IN ({sent}, {bounced}, {unknown}, {started}) AND channel <> {phone} AND NOT undone
), fates AS (
    SELECT about_hi AS id_hi, about_lo AS id_lo, bool_or(kind = {bounced}) AS back,
        bool_or(timely) AS timely
    FROM mine
    WHERE kind IN ({bounced}, {unknown})
    GROUP BY ALL
), left_us AS (
    SELECT id_hi, id_lo, bool_or(timely) AS taken FROM mine SEMI JOIN fates USING (id_hi, id_lo)
    WHERE kind = {sent}
    GROUP BY ALL
), became AS (
    SELECT back, taken IS NOT NULL AS taken, coalesce(taken, timely) AS timely
    FROM fates LEFT JOIN left_us USING (id_hi, id_lo)
)
SELECT (SELECT count(*) FROM mine WHERE kind = {sent} AND timely)
        + (SELECT count(*) FROM became WHERE back AND NOT taken AND timely) AS sent,
    (SELECT count(*) FROM became WHERE back AND timely) AS undeliverable,
    (SELECT count(*) FROM became WHERE NOT back AND NOT taken AND timely) AS unknown,
    (SELECT count(*) FROM mine WHERE kind = {started} AND timely) AS started,
    (SELECT count(*) FROM scope
        WHERE {headline} AND {entry} = {invited} AND CAST({complete} AS INTEGER) = 1
            AND channel <> {phone} AND NOT undone AND (flags & {left_out}) = 0
            AND happened_at >= $since AND happened_at < $until) AS completed
