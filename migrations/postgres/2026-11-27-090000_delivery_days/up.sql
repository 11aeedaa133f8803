-- How sending went, by day (counted from 1970-01-01 in UTC): receipts are kept for a month, and too many to be counted.
CREATE TABLE delivery_days (
    day BIGINT NOT NULL PRIMARY KEY,
    delivered BIGINT NOT NULL DEFAULT 0,
    -- Tries after which it is tried again.
    retried BIGINT NOT NULL DEFAULT 0,
    given_up BIGINT NOT NULL DEFAULT 0
);
INSERT INTO delivery_days (day, delivered, given_up)
SELECT done_at / 86400000000,
       COUNT(CASE WHEN state = 'delivered' THEN 1 END),
       COUNT(CASE WHEN state = 'failed' AND attempts > 0 AND last_error <> 'It was taken back before it could be sent.' THEN 1 END)
FROM deliveries WHERE done_at IS NOT NULL GROUP BY 1;
