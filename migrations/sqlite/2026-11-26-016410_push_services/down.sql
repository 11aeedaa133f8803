DROP INDEX jobs_target;
DROP TABLE push_services;
