//! What an attack could have changed, to be compared with what was there before.

use std::collections::BTreeMap;

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use guildhall::db::Conn;

/// The rows of every table that an attack could change, in order, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State(BTreeMap<&'static str, Vec<String>>);

/// Tables and their columns; not those that say when something was last looked at.
const TABLES: &[(&str, &str)] = &[
    (
        "posts",
        "id uri url audience author_id kind title content summary sensitive language edited_at reply_to_id reply_to_uri \
         reply_to_author_id thread_id attachments details published_at replies_count likes_count boosts_count",
    ),
    ("post_edits", "id post_id content summary"),
    ("publications", "post_id audience"),
    ("mentions", "post_id actor_id"),
    ("hashtags", "post_id name"),
    ("likes", "id actor_id post_id uri"),
    ("boosts", "id actor_id post_id uri audience"),
    ("pins", "id actor_id post_uri"),
    ("poll_votes", "post_id actor_id choice"),
    ("reports", "id reporter_id target_id comment resolved_at assigned_id"),
    ("scheduled_posts", "id actor_id wish publish_at failed"),
    ("follows", "id follower_id target_id state uri"),
    ("blocks", "id actor_id target_id uri"),
    ("mutes", "id actor_id target_id"),
    ("notifications", "id owner_id kind from_id post_id"),
    ("home_entries", "owner_id id post_id author_id boost_id"),
    ("tombstones", "uri actor_id"),
    (
        "actors",
        "id uri kind username host url name summary icon header fields inbox shared_inbox followers_uri locked \
         also_known_as moved_to suspended_at deleted_at followers_count following_count posts_count",
    ),
    ("actor_keys", "actor_id key_uri algorithm"),
    ("accounts", "id actor_id kind role suspended_at deleted_at"),
    ("grants", "account_id actor_id role"),
    ("tokens", "id account_id actor_id scopes revoked_at"),
];

impl State {
    pub(super) fn read(conn: &mut Conn, postgres: bool) -> guildhall::error::Result<Self> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            row: String,
        }
        let mut tables = BTreeMap::new();
        for (table, columns) in TABLES {
            let mut columns: Vec<String> = columns
                .split_whitespace()
                .map(|column| format!("'{column}=' || COALESCE(CAST({column} AS TEXT), '-')"))
                .collect();
            if *table == "actor_keys" {
                columns.push(if postgres { "encode(public_key, 'hex')" } else { "hex(public_key)" }.to_owned());
            }
            // Our own keys are made when they are first needed.
            let only = if *table == "actor_keys" { "WHERE private_key IS NULL" } else { "" };
            let columns = columns.join(" || ' ' || ");
            let query = format!("SELECT {columns} AS \"row\" FROM {table} {only} ORDER BY 1");
            let rows: Vec<Row> = sql_query(query).load(conn)?;
            tables.insert(*table, rows.into_iter().map(|row| row.row).collect());
        }
        Ok(Self(tables))
    }

    /// The same without these tables.
    pub fn without(mut self, tables: &[&str]) -> Self {
        self.0.retain(|table, _| !tables.contains(table));
        self
    }

    /// Fails when anything is different, and names only that.
    #[track_caller]
    pub fn assert_same(&self, before: &Self, what: &str) {
        for (table, rows) in &self.0 {
            let old = before.0.get(table).map(Vec::as_slice).unwrap_or_default();
            let new: Vec<_> = rows.iter().filter(|row| !old.contains(row)).collect();
            let gone: Vec<_> = old.iter().filter(|row| !rows.contains(row)).collect();
            assert!(new.is_empty() && gone.is_empty(), "{what} changed {table}: now {new:#?}, before {gone:#?}");
        }
        assert_eq!(self.0.len(), before.0.len());
    }
}
