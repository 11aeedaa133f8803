DROP TABLE sign_up_refusals;
DROP TABLE sign_up_links;
DROP TABLE sign_ups;
