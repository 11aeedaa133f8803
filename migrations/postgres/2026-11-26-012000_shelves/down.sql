DROP INDEX mutes_page;
DROP INDEX blocks_page;
DROP TABLE shunned_hosts;
DROP TABLE bookmarks;
