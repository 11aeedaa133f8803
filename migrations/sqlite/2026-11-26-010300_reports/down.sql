DROP TABLE report_posts;
DROP TABLE reports;
