-- The answers of a survey in their latest form: which it is, whose, when given and changed.
WITH forms AS (
    SELECT CASE WHEN kind = $changed THEN about_hi ELSE id_hi END AS hi,
        CASE WHEN kind = $changed THEN about_lo ELSE id_lo END AS lo,
        seq, score, happened_at
    FROM scope
    WHERE kind IN ($answered, $changed) AND scale = $scale AND score IS NOT NULL
        AND NOT undone AND (flags & {left_out}) = 0
)
SELECT a.seq, f.seq AS latest, a.identity, a.happened_at AS created, f.score,
    CASE WHEN f.seq <> a.seq THEN f.happened_at END AS updated
FROM forms f
JOIN scope a ON a.id_hi = f.hi AND a.id_lo = f.lo AND a.kind = $answered AND NOT a.undone
WHERE (array_length($identities) = 0 OR list_contains($identities, a.identity))
    AND NOT list_contains($gone, a.identity)
    AND a.happened_at BETWEEN $since AND $until
    AND coalesce(CASE WHEN f.seq <> a.seq THEN f.happened_at END, a.happened_at)
        BETWEEN $updated_since AND $updated_until
ORDER BY {order}
LIMIT $most OFFSET $skip
