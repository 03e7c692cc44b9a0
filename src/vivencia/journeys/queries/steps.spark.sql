-- The steps of every journey, each journey whole and in its order (no table of Spark's keeps one).
SELECT journey, {activity} AS activity, happened_at, channel FROM scope
ORDER BY journey, position
