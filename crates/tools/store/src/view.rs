//! Views: what pages show, kept beside the entries it was made from.
//!
//! A view of a system is a list of items that were made together from the system's stream up to
//! some position. All systems' items of a view can be paged in the order of a sort text, found by
//! its beginning or by a facet, and counted by facet. All of it is derived: a system whose stream
//! has moved on, or whose view is past its day, is stale and to be made again, and after a restore
//! everything is.

use crate::database::{self, Value, int, signed, text};
use crate::entry::{Canonical, bounded, name};
use crate::error::{Error, Result};
use crate::ledger::{Ledger, Stream, after_prefix, limit_of};
use crate::snapshot::hash_at;
use record::Digest;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// Most items of one system in one view.
pub const ITEMS_MAX: usize = 10_000;
/// Most facets of an item.
pub const FACETS_MAX: usize = 64;
/// Longest body of an item, in bytes.
pub const ITEM_BYTES_MAX: usize = 64 * 1024;
/// Most bytes of all bodies of one system in one view.
pub const VIEW_BYTES_MAX: usize = 16 * 1024 * 1024;

/// All items of one system in one view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The view's name; it should tell its version.
    pub view: String,
    /// The system.
    pub system: String,
    /// The last position of the system's stream that the items were made from.
    pub made_from: u64,
    /// The last day on which they are true, `YYYY-MM-DD`; none if they do not depend on the day.
    pub valid_until: Option<String>,
    /// The items, by their names.
    pub items: BTreeMap<String, Item>,
}

/// An item of a view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// What it is sorted by: bytes against bytes, so write numbers with leading zeros.
    pub sort: String,
    /// What is shown.
    pub body: String,
    /// What it is counted under: at most one value per facet.
    pub facets: BTreeMap<String, String>,
}

/// An item as a page shows it; its `sort`, `system` and `item` say where the next page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is sorted by.
    pub sort: String,
    /// The system it belongs to.
    pub system: String,
    /// Its name.
    pub item: String,
    /// What is shown.
    pub body: String,
}

/// Which items a page shows. The conditions that are given hold together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page<'a> {
    /// The view's name.
    pub view: &'a str,
    /// Only items of this system.
    pub system: Option<&'a str>,
    /// Only items counted under this facet and value.
    pub facet: Option<(&'a str, &'a str)>,
    /// Only items whose sort text begins with this.
    pub prefix: &'a str,
    /// From the last to the first.
    pub descending: bool,
    /// Only what comes after this item: its sort text, system and name.
    pub after: Option<(&'a str, &'a str, &'a str)>,
    /// Most items of the page.
    pub limit: u32,
}

/// How many items a facet counts under a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The facet.
    pub facet: String,
    /// Its value.
    pub value: String,
    /// Number of items.
    pub count: u64,
}

impl Ledger {
    /// Replaces the items of some systems in some views, all in one transaction; rows that stay the
    /// same are not written. A view made from less than the one that is there is left out, as
    /// somebody else was faster; returns how many were taken.
    ///
    /// # Errors
    /// A bound is exceeded; a stream has no such position; the database fails.
    pub async fn put_views(&self, views: &[View]) -> Result<usize> {
        views.iter().try_for_each(View::check)?;
        let mut write = self.database.write().await?;
        let tx = &mut *write.tx;
        let mut counts = Counts::default();
        let mut taken = 0;
        for view in views {
            if made_from(tx, &view.view, &view.system).await? <= Some(view.made_from) {
                view.put(tx, &mut counts).await?;
                taken += 1;
            }
        }
        counts.put(tx).await?;
        write.commit().await?;
        Ok(taken)
    }

    /// The position that a system's view was made from, if it was made.
    ///
    /// # Errors
    /// The database fails.
    pub async fn made_from(&self, view: &str, system: &str) -> Result<Option<u64>> {
        made_from(&mut *self.database.ask().await?, view, system).await
    }

    /// A page of a view's items, ordered by sort text, system and name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn page(&self, page: &Page<'_>) -> Result<Vec<Row>> {
        let (sql, values) = page.statement();
        let rows = database::rows(&mut *self.database.ask().await?, &sql, &values).await?;
        let row = |row| {
            Ok(Row {
                sort: text(row, 0)?,
                system: text(row, 1)?,
                item: text(row, 2)?,
                body: text(row, 3)?,
            })
        };
        rows.iter().map(row).collect()
    }

    /// What one item shows.
    ///
    /// # Errors
    /// The database fails.
    pub async fn item(&self, view: &str, system: &str, item: &str) -> Result<Option<String>> {
        let sql = "SELECT body FROM ledger_item WHERE view = $1 AND system = $2 AND item = $3";
        let values = [view.into(), system.into(), item.into()];
        let row = database::row(&mut *self.database.ask().await?, sql, &values).await?;
        row.map(|row| text(&row, 0)).transpose()
    }

    /// How many items of a view have which value, by facet and value; at most
    /// [`LIMIT_MAX`](crate::LIMIT_MAX) rows.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tally(&self, view: &str) -> Result<Vec<Tally>> {
        let sql = "SELECT facet, value, n FROM ledger_tally WHERE view = $1 ORDER BY facet, value LIMIT $2";
        let values = [view.into(), limit_of(u32::MAX)];
        let rows = database::rows(&mut *self.database.ask().await?, sql, &values).await?;
        let tally = |row| {
            Ok(Tally {
                facet: text(row, 0)?,
                value: text(row, 1)?,
                count: int(row, 2)?,
            })
        };
        rows.iter().map(tally).collect()
    }

    /// The systems after a name whose view is missing, made from less than their stream holds, or
    /// valid until a day before `today` (`YYYY-MM-DD`), by name.
    ///
    /// # Errors
    /// The day is not one; the database fails.
    pub async fn stale(
        &self,
        view: &str,
        today: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Stream>> {
        day(today)?;
        let sql = "SELECT s.system, s.head FROM ledger_stream s \
            LEFT JOIN ledger_view v ON v.view = $1 AND v.system = s.system \
            WHERE s.system > $3 AND (v.system IS NULL OR v.made_from < s.head \
                OR (v.valid_until <> '' AND v.valid_until < $2)) \
            ORDER BY s.system LIMIT $4";
        let values = [view.into(), today.into(), after.into(), limit_of(limit)];
        let rows = database::rows(&mut *self.database.ask().await?, sql, &values).await?;
        let stream = |row| {
            Ok(Stream {
                system: text(row, 0)?,
                head: int(row, 1)?,
            })
        };
        rows.iter().map(stream).collect()
    }

    /// Throws away all that is derived: views and snapshots.
    ///
    /// # Errors
    /// The database fails.
    pub async fn clear_derived(&self) -> Result<()> {
        let mut write = self.database.write().await?;
        for table in ["tally", "facet", "item", "view", "snapshot"] {
            database::run(&mut write.tx, &format!("DELETE FROM ledger_{table}"), &[]).await?;
        }
        write.commit().await
    }
}

impl Page<'_> {
    fn statement(&self) -> (String, Vec<Value>) {
        let mut values: Vec<Value> = vec![self.view.into()];
        let mut place = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        // With a facet its rows lead: they are in the order of the page.
        let (from, lead) = match self.facet {
            None => ("ledger_item i", "i"),
            Some(_) => (
                "ledger_facet f JOIN ledger_item i ON i.view = f.view AND i.system = f.system AND i.item = f.item",
                "f",
            ),
        };
        let mut sql =
            format!("SELECT i.sort, i.system, i.item, i.body FROM {from} WHERE {lead}.view = $1");
        let mut and = |condition: String| sql.push_str(&format!(" AND {condition}"));
        if let Some((facet, value)) = self.facet {
            let (facet, value) = (place(facet.into()), place(value.into()));
            and(format!("f.facet = {facet} AND f.value = {value}"));
        }
        if let Some(system) = self.system {
            and(format!("{lead}.system = {}", place(system.into())));
        }
        if !self.prefix.is_empty() {
            and(format!("{lead}.sort >= {}", place(self.prefix.into())));
            if let Some(end) = after_prefix(self.prefix) {
                and(format!("{lead}.sort < {}", place(Value::Text(end))));
            }
        }
        let (sign, order) = match self.descending {
            false => (">", "ASC"),
            true => ("<", "DESC"),
        };
        if let Some((sort, system, item)) = self.after {
            let (sort, system) = (place(sort.into()), place(system.into()));
            let item = place(item.into());
            and(format!(
                "({lead}.sort, {lead}.system, {lead}.item) {sign} ({sort}, {system}, {item})"
            ));
        }
        let limit = place(limit_of(self.limit));
        sql.push_str(&format!(
            " ORDER BY {lead}.sort {order}, {lead}.system {order}, {lead}.item {order} LIMIT {limit}"
        ));
        (sql, values)
    }
}

impl View {
    fn check(&self) -> Result<()> {
        name("view", &self.view)?;
        name("system", &self.system)?;
        if let Some(until) = &self.valid_until {
            day(until)?;
        }
        let bytes: usize = self.items.values().map(|item| item.body.len()).sum();
        if self.items.len() > ITEMS_MAX || bytes > VIEW_BYTES_MAX {
            return Err(Error::invalid(format!(
                "a view of a system has at most {ITEMS_MAX} items and {VIEW_BYTES_MAX} bytes"
            )));
        }
        for (key, item) in &self.items {
            name("item", key)?;
            bounded("sort text", &item.sort, 0, crate::NAME_BYTES_MAX)?;
            bounded("body", &item.body, 0, ITEM_BYTES_MAX)?;
            if item.facets.len() > FACETS_MAX {
                return Err(Error::invalid(format!(
                    "an item has at most {FACETS_MAX} facets"
                )));
            }
            for (facet, value) in &item.facets {
                name("facet", facet)?;
                bounded("value of a facet", value, 0, crate::NAME_BYTES_MAX)?;
            }
        }
        Ok(())
    }

    async fn put(&self, on: &mut AnyConnection, counts: &mut Counts) -> Result<()> {
        let Some(hash) = hash_at(on, &self.system, self.made_from).await? else {
            let (system, position) = (&self.system, self.made_from);
            return Err(Error::invalid(format!(
                "`{system}` has no entry {position}"
            )));
        };
        let key = [Value::from(&*self.view), Value::from(&*self.system)];
        let old = items(on, &self.view, &self.system).await?;
        for (name, item) in old
            .iter()
            .filter(|(name, item)| self.items.get(*name) != Some(*item))
        {
            let values = [&key[..], &[Value::from(&**name)]].concat();
            for table in ["facet", "item"] {
                let sql = format!(
                    "DELETE FROM ledger_{table} WHERE view = $1 AND system = $2 AND item = $3"
                );
                database::run(on, &sql, &values).await?;
            }
            counts.add(&self.view, item, -1);
        }
        let (mut rows, mut facets) = (Vec::new(), Vec::new());
        for (name, item) in self
            .items
            .iter()
            .filter(|(name, item)| old.get(*name) != Some(*item))
        {
            let row = [&key[..], &[(&**name).into(), (&*item.sort).into()]].concat();
            for (facet, value) in &item.facets {
                facets.push([&row[..], &[(&**facet).into(), (&**value).into()]].concat());
            }
            rows.push([&row[..], &[(&*item.body).into()]].concat());
            counts.add(&self.view, item, 1);
        }
        database::insert(
            on,
            "ledger_item (view, system, item, sort, body)",
            5,
            "",
            rows,
        )
        .await?;
        let into = "ledger_facet (view, system, item, sort, facet, value)";
        database::insert(on, into, 6, "", facets).await?;
        let until = self.valid_until.as_deref().unwrap_or_default();
        let digest = self.digest(hash);
        let row = [
            &key[..],
            &[signed(self.made_from)?.into(), until.into(), digest.into()],
        ];
        let into = "ledger_view (view, system, made_from, valid_until, digest)";
        let after = "ON CONFLICT (view, system) DO UPDATE SET made_from = excluded.made_from, valid_until = excluded.valid_until, digest = excluded.digest";
        database::insert(on, into, 5, after, vec![row.concat()]).await
    }

    /// Covers all of the view and the chain's hash at the position it was made from.
    pub(crate) fn digest(&self, hash: Digest) -> Digest {
        let mut canonical = Canonical::new("bulkhead ledger view 1\n");
        canonical
            .text(&self.view)
            .text(&self.system)
            .number(self.made_from);
        canonical.text(self.valid_until.as_deref().unwrap_or_default());
        canonical.digest(hash).number(self.items.len() as u64);
        for (name, item) in &self.items {
            canonical.text(name).text(&item.sort).text(&item.body);
            canonical.number(item.facets.len() as u64);
            for (facet, value) in &item.facets {
                canonical.text(facet).text(value);
            }
        }
        canonical.end()
    }
}

/// All items of a system in a view.
pub(crate) async fn items(
    on: &mut AnyConnection,
    view: &str,
    system: &str,
) -> Result<BTreeMap<String, Item>> {
    let many = |most: usize| Value::Int(i64::try_from(most).unwrap_or(i64::MAX));
    let key: [Value; 3] = [view.into(), system.into(), many(ITEMS_MAX)];
    let sql = "SELECT item, sort, body FROM ledger_item WHERE view = $1 AND system = $2 LIMIT $3";
    let rows = database::rows(on, sql, &key).await?;
    let item = |row: &AnyRow| {
        let item = Item {
            sort: text(row, 1)?,
            body: text(row, 2)?,
            facets: BTreeMap::new(),
        };
        Ok((text(row, 0)?, item))
    };
    let mut items: BTreeMap<String, Item> = rows.iter().map(item).collect::<Result<_>>()?;
    let key = [view.into(), system.into(), many(ITEMS_MAX * FACETS_MAX)];
    let sql = "SELECT item, facet, value, sort FROM ledger_facet WHERE view = $1 AND system = $2 LIMIT $3";
    for row in database::rows(on, sql, &key).await? {
        let item = text(&row, 0)?;
        match items.get_mut(&item) {
            Some(found) if found.sort == text(&row, 3)? => {
                found.facets.insert(text(&row, 1)?, text(&row, 2)?);
            }
            _ => {
                return Err(Error::altered(format!(
                    "a facet of item `{item}` of `{system}` in view `{view}` is not the item's"
                )));
            }
        }
    }
    Ok(items)
}

async fn made_from(on: &mut AnyConnection, view: &str, system: &str) -> Result<Option<u64>> {
    let sql = "SELECT made_from FROM ledger_view WHERE view = $1 AND system = $2";
    let row = database::row(on, sql, &[view.into(), system.into()]).await?;
    row.map(|row| int(&row, 0)).transpose()
}

/// What a transaction adds to the counts, by view, facet and value.
#[derive(Default)]
struct Counts(BTreeMap<(String, String, String), i64>);

impl Counts {
    fn add(&mut self, view: &str, item: &Item, one: i64) {
        for (facet, value) in &item.facets {
            let key = (view.to_owned(), facet.clone(), value.clone());
            *self.0.entry(key).or_default() += one;
        }
    }

    async fn put(self, on: &mut AnyConnection) -> Result<()> {
        let mut more = Vec::new();
        for ((view, facet, value), change) in self.0 {
            let mut row = vec![Value::Text(view), Value::Text(facet), Value::Text(value)];
            row.push(change.saturating_abs().into());
            if change > 0 {
                more.push(row);
            } else if change < 0 {
                let key = "view = $1 AND facet = $2 AND value = $3";
                let gone = format!("DELETE FROM ledger_tally WHERE {key} AND n <= $4");
                if database::run(on, &gone, &row).await? == 0 {
                    let less = format!("UPDATE ledger_tally SET n = n - $4 WHERE {key}");
                    database::run(on, &less, &row).await?;
                }
            }
        }
        let after =
            "ON CONFLICT (view, facet, value) DO UPDATE SET n = ledger_tally.n + excluded.n";
        database::insert(on, "ledger_tally (view, facet, value, n)", 4, after, more).await
    }
}

/// A day in the form `YYYY-MM-DD`; days in this form are ordered as texts.
fn day(text: &str) -> Result<()> {
    let form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    match form {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "`{text}` is not a day in the form YYYY-MM-DD"
        ))),
    }
}
