//! Whether a column is one of a list, so that the statement has the same text however long the list is.
//!
//! Diesel's `eq_any` writes a placeholder for each value where one connection type serves both databases. Such a
//! statement is another one for each length, and is read and planned anew each time it is asked. Here the whole list is
//! one value (an array on PostgreSQL, JSON on SQLite), and each connection prepares the statement once.

use std::fmt::Debug;

use diesel::{
    AppearsOnTable, Expression, QueryResult, SelectableExpression,
    expression::ValidGrouping,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{
        Array, BigInt, Bool, HasSqlType, Integer, MaybeNullableType, Nullable, SqlType, Text,
        is_nullable::{IsSqlTypeNullable, MaybeNullable, NotNull},
    },
    sqlite::Sqlite,
};
use serde::Serialize;

use super::{Json, MultiBackend};

/// Types whose values are the same in JSON as in a column of SQLite. Bytes are not.
pub trait InJson {}

impl InJson for BigInt {}
impl InJson for Integer {}
impl InJson for Text {}
impl<T: InJson + SqlType<IsNull = NotNull>> InJson for Nullable<T> {}

/// Asks whether a column is one of a list; for a query in place of the list there is `eq_any`.
pub trait Among: Expression + Sized {
    /// Whether this is one of these; never when there are none.
    fn among<L: IntoIterator>(self, list: L) -> Listed<Self, L::Item>
    where
        L::Item: Debug,
        Self::SqlType: InJson,
    {
        Listed { column: self, list: Json(list.into_iter().collect()) }
    }
}

impl<C: Expression> Among for C {}

/// The condition that [`Among::among`] makes.
#[derive(Debug, Clone)]
pub struct Listed<C, T: Debug> {
    column: C,
    list: Json<Vec<T>>,
}

impl<C, T: Debug> Expression for Listed<C, T>
where
    C: Expression,
    C::SqlType: SqlType,
    IsSqlTypeNullable<C::SqlType>: MaybeNullableType<Bool>,
{
    type SqlType = MaybeNullable<IsSqlTypeNullable<C::SqlType>, Bool>;
}

impl<C: SelectableExpression<From>, T: Debug, From> SelectableExpression<From> for Listed<C, T> where
    Self: AppearsOnTable<From>
{
}

impl<C: AppearsOnTable<From>, T: Debug, From> AppearsOnTable<From> for Listed<C, T> where Self: Expression {}

impl<C: ValidGrouping<Group>, T: Debug, Group> ValidGrouping<Group> for Listed<C, T> {
    type IsAggregate = C::IsAggregate;
}

impl<C: QueryId, T: Debug> QueryId for Listed<C, T> {
    type QueryId = Listed<C::QueryId, ()>;
    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<C, T> QueryFragment<Pg> for Listed<C, T>
where
    C: Expression + QueryFragment<Pg>,
    T: Debug,
    C::SqlType: SqlType,
    Pg: HasSqlType<Array<C::SqlType>>,
    Vec<T>: ToSql<Array<C::SqlType>, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<C::SqlType>, Vec<T>>(&self.list.0)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<C, T> QueryFragment<Sqlite> for Listed<C, T>
where
    C: QueryFragment<Sqlite>,
    T: Debug + Serialize,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, Json<Vec<T>>>(&self.list)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<C, T: Debug> QueryFragment<MultiBackend> for Listed<C, T>
where
    Self: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(self, pass)
    }
}
