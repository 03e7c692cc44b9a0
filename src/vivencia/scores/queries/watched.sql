-- What the answers that count are worth on each day, in each group asked for: number, sum and sum
-- of squares, in thousandths of the unit of the score.
SELECT {group} AS by_0, day, {count} AS n, sum({n} * {worth})::HUGEINT::DOUBLE AS total,
    sum({n} * {worth} * {worth})::HUGEINT::DOUBLE AS squares
FROM scope
WHERE scale = $scale AND NOT undone AND score IS NOT NULL AND (flags & {left_out}) = 0
    AND (flags & {untimed}) = 0
GROUP BY ALL
