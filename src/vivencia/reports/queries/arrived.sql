-- How many interactions journeys hold, and how many of them are answers with a score.
SELECT count(*) AS interactions, count(score) AS answers
FROM scope
