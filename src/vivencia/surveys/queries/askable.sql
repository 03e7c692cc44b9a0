-- The newest interactions that could be asked about, oldest first: who, when, where.
SELECT * FROM (
    SELECT seq, id_hi, id_lo, identity, happened_at, place
    FROM scope
    WHERE NOT undone AND (flags & {left_out}) = 0
    ORDER BY seq DESC
    LIMIT $most
)
ORDER BY happened_at, seq
