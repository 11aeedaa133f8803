DROP TABLE delivery_days;
