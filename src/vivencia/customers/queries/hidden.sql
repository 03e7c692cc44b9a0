-- Sources of imports that stand undone. A row first stored by one import is also in every later,
-- longer version of its file: it is left out only while all of those are undone.
SELECT one.source FROM imports one
WHERE one.source <> 0 AND NOT EXISTS (
    SELECT 1 FROM imports later
    WHERE later.lineage = one.lineage AND later.ordinal >= one.ordinal AND later.state <> 'undone'
)
