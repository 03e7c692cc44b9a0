-- How many answers of one survey there are in all, by version, entry and whether they are complete.
SELECT {version} AS version, {entry} AS entry, {complete} AS complete, undone,
    flags & {left_out} AS left_out, count(*) AS n
FROM scope
WHERE {headline}
GROUP BY ALL
