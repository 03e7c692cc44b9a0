-- How many answers of one scale stand at each score, in each group and on each day asked for.
SELECT {groups}{day}score, undone, (flags & {untimed}) <> 0 AS untimed,
    flags & {left_out} AS left_out, {count} AS n
FROM scope
WHERE scale = $scale
GROUP BY ALL
