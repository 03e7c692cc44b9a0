-- The steps of every journey, each journey whole and in its order (as the table is clustered).
SELECT journey, {activity} AS activity, happened_at, channel FROM scope
