DELETE FROM jobs WHERE kind IN ('look_again', 'tell_of_reviews');
DELETE FROM notifications WHERE kind = 'guildhall.review';
DROP TABLE internal_reviews;
