-- The steps that the journeys named in `changed` have now, each journey whole and in its order.
SELECT journey, kind, happened_at, channel FROM scope
WHERE journey IN (SELECT journey FROM changed)
ORDER BY journey, happened_at, rank, id_hi, id_lo
