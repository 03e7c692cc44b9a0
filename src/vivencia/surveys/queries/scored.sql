-- How many answers of one survey stand at each score, by question, version and entry.
SELECT {question} AS question, {version} AS version, {entry} AS entry, scale, score, undone,
    (flags & {untimed}) <> 0 AS untimed, flags & {left_out} AS left_out, count(*) AS n
FROM scope
WHERE scale <> 0
GROUP BY ALL
