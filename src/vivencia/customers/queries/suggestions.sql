-- Unverified links between two customers, the newest first, unless a person kept them apart or
-- verified evidence already speaks of the same two identities.
SELECT l.key, l.a, l.b, l.verified, l.rule, l.seq, one.customer, other.customer
FROM links l
JOIN identities one ON one.key = l.a
JOIN identities other ON other.key = l.b
WHERE l.verified = 0 AND l.key < %(before)s AND one.customer <> other.customer
    AND NOT EXISTS (SELECT 1 FROM links v WHERE v.a = l.a AND v.b = l.b AND v.verified = 1)
    AND NOT EXISTS (
        SELECT 1 FROM decisions d
        WHERE d.a = l.a AND d.b = l.b AND d.verdict = 'apart' AND d.undone_at IS NULL
    )
ORDER BY l.key DESC
LIMIT %(lines)s
