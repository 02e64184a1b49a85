//! Snapshots and views.

use crate::append::new;
use crate::place::{Place, execute, raw};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Item, Kind, Ledger, Page, Row, View};

on_both! {
    the_latest_snapshot_that_verifies_is_used
    pages_are_complete_and_in_order
    counts_follow_the_items
    what_has_moved_on_is_stale
    views_out_of_bounds_are_refused
}

async fn the_latest_snapshot_that_verifies_is_used(place: Arc<Place>) {
    let address = place.address().await;
    let ledger = Ledger::create(&address).await.unwrap();
    let batch = (0..10).map(|at| new("a", 0, &at.to_string())).collect();
    ledger.append(batch).await.unwrap();
    for at in [2, 4, 6] {
        ledger
            .put_snapshot("a", at, "fold 1", &format!("at {at}"))
            .await
            .unwrap();
    }
    ledger
        .put_snapshot("a", 4, "fold 1", "again")
        .await
        .unwrap();
    ledger
        .put_snapshot("a", 9, "fold 2", "other")
        .await
        .unwrap();
    let found = async |at| {
        let snapshot = ledger.snapshot("a", "fold 1", at).await.unwrap();
        snapshot.map(|snapshot| (snapshot.stream, snapshot.body))
    };
    assert_eq!(found(1).await, None);
    assert_eq!(found(5).await, Some((4, "again".into())));
    assert_eq!(found(100).await, Some((6, "at 6".into())));
    assert_eq!(ledger.snapshot("b", "fold 1", 9).await.unwrap(), None);
    for (system, at) in [("a", 0), ("a", 11), ("b", 1)] {
        let error = ledger
            .put_snapshot(system, at, "fold 1", "")
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Invalid);
    }
    let mut raw = raw(&address).await;
    let damage = "UPDATE ledger_snapshot SET body = 'at 7' WHERE stream = 6";
    assert_eq!(execute(&mut raw, damage).await, 1);
    assert_eq!(found(100).await, Some((4, "again".into())));
    execute(
        &mut raw,
        "UPDATE ledger_snapshot SET stream = 5 WHERE stream = 4",
    )
    .await;
    assert_eq!(found(100).await, Some((2, "at 2".into())));
    ledger.clear_derived().await.unwrap();
    assert_eq!(found(100).await, None);
}

fn item(sort: &str, facets: &[(&str, &str)]) -> Item {
    let facets = facets
        .iter()
        .map(|(facet, value)| ((*facet).into(), (*value).into()));
    Item {
        sort: sort.into(),
        body: format!("body of {sort}"),
        facets: facets.collect(),
    }
}

fn view(name: &str, system: &str, made_from: u64, items: &[(&str, Item)]) -> View {
    View {
        view: name.into(),
        system: system.into(),
        made_from,
        valid_until: None,
        items: items
            .iter()
            .map(|(name, item)| ((*name).into(), item.clone()))
            .collect(),
    }
}

/// Twelve systems with three items each; sort texts collide on purpose.
async fn filled(place: &Place) -> (Ledger, Vec<(Row, BTreeMap<String, String>)>) {
    let ledger = Ledger::create(&place.address().await).await.unwrap();
    let (mut views, mut rows) = (Vec::new(), Vec::new());
    for at in 0..12 {
        let system = format!("s{at:02}");
        ledger.append(vec![new(&system, 0, "1")]).await.unwrap();
        let items = ["x", "y", "ä"].map(|name| {
            let sort = format!("{}{}", ["al", "be", "é"][at % 3], at % 2);
            let level = ((at + name.len()) % 5).to_string();
            let item = item(&sort, &[("level", &level), ("name", name)]);
            let facets = item.facets.clone();
            let (system, body) = (system.clone(), item.body.clone());
            rows.push((
                Row {
                    sort,
                    system,
                    item: name.into(),
                    body,
                },
                facets,
            ));
            (name, item)
        });
        views.push(view("v", &system, 1, &items));
        views.push(view("other", &system, 1, &items[..1]));
    }
    assert_eq!(ledger.put_views(&views).await.unwrap(), 24);
    rows.sort_by(|(a, _), (b, _)| {
        (&a.sort, &a.system, &a.item).cmp(&(&b.sort, &b.system, &b.item))
    });
    (ledger, rows)
}

async fn pages_are_complete_and_in_order(place: Arc<Place>) {
    let (ledger, rows) = filled(&place).await;
    let facets = [
        None,
        Some(("level", "3")),
        Some(("name", "ä")),
        Some(("level", "9")),
    ];
    for facet in facets {
        for system in [None, Some("s03"), Some("nobody")] {
            for prefix in ["", "al", "é", "zz"] {
                for descending in [false, true] {
                    let mut due: Vec<Row> = rows
                        .iter()
                        .filter(|(row, facets)| {
                            row.sort.starts_with(prefix)
                                && system.is_none_or(|system| row.system == system)
                                && facet.is_none_or(|(facet, value)| facets[facet] == value)
                        })
                        .map(|(row, _)| row.clone())
                        .collect();
                    if descending {
                        due.reverse();
                    }
                    let mut found: Vec<Row> = Vec::new();
                    loop {
                        let last = found.last().cloned();
                        let after = last.as_ref().map(|r| (&*r.sort, &*r.system, &*r.item));
                        let page = Page {
                            view: "v",
                            system,
                            facet,
                            prefix,
                            descending,
                            after,
                            limit: 5,
                        };
                        let page = ledger.page(&page).await.unwrap();
                        found.extend(page.iter().cloned());
                        if page.len() < 5 {
                            break;
                        }
                    }
                    assert_eq!(found, due, "{facet:?} {system:?} {prefix} {descending}");
                }
            }
        }
    }
    assert_eq!(
        ledger.item("v", "s03", "x").await.unwrap().unwrap(),
        "body of al1"
    );
    assert_eq!(ledger.item("v", "s03", "z").await.unwrap(), None);
}

async fn counts_follow_the_items(place: Arc<Place>) {
    let (ledger, rows) = filled(&place).await;
    let mut due: BTreeMap<(String, String), u64> = BTreeMap::new();
    for (_, facets) in &rows {
        for (facet, value) in facets {
            *due.entry((facet.clone(), value.clone())).or_default() += 1;
        }
    }
    let found = async |view: &str| -> Vec<((String, String), u64)> {
        let tally = ledger.tally(view).await.unwrap().into_iter();
        tally
            .map(|tally| ((tally.facet, tally.value), tally.count))
            .collect()
    };
    assert_eq!(
        found("v").await,
        due.clone().into_iter().collect::<Vec<_>>()
    );
    assert_eq!(found("nobody").await, []);

    // One system's items change, one goes, one comes: the rest stays.
    let items = [
        ("x", item("new", &[("level", "7")])),
        ("new", item("new", &[])),
    ];
    ledger
        .put_views(&[view("v", "s00", 1, &items)])
        .await
        .unwrap();
    for (row, facets) in rows.iter().filter(|(row, _)| row.system == "s00") {
        assert_eq!(row.system, "s00");
        for (facet, value) in facets {
            *due.get_mut(&(facet.clone(), value.clone())).unwrap() -= 1;
        }
    }
    due.insert(("level".into(), "7".into()), 1);
    due.retain(|_, count| *count > 0);
    assert_eq!(found("v").await, due.into_iter().collect::<Vec<_>>());
    let of = Page {
        view: "v",
        system: Some("s00"),
        limit: 9,
        ..Page::default()
    };
    assert_eq!(ledger.page(&of).await.unwrap().len(), 2);

    // All of them go.
    let gone: Vec<View> = (0..12)
        .map(|at| view("v", &format!("s{at:02}"), 1, &[]))
        .collect();
    ledger.put_views(&gone).await.unwrap();
    assert_eq!(found("v").await, []);
    assert!(!found("other").await.is_empty());
    let report = ledger.verify(None, &mut |_, _| ()).await.unwrap();
    assert_eq!((report.views, report.faults), (24, Vec::new()));
}

async fn what_has_moved_on_is_stale(place: Arc<Place>) {
    let ledger = Ledger::create(&place.address().await).await.unwrap();
    let stale = async |day: &str, after: &str| -> Vec<(String, u64)> {
        let found = ledger.stale("v", day, after, 10).await.unwrap().into_iter();
        found.map(|stream| (stream.system, stream.head)).collect()
    };
    ledger
        .append(vec![new("a", 0, "1"), new("b", 0, "1"), new("c", 0, "1")])
        .await
        .unwrap();
    let all = [("a".into(), 1), ("b".into(), 1), ("c".into(), 1)];
    assert_eq!(stale("2026-01-01", "").await, all);
    assert_eq!(stale("2026-01-01", "a").await, all[1..]);
    let dated = View {
        valid_until: Some("2026-03-31".into()),
        ..view("v", "b", 1, &[])
    };
    let views = [view("v", "a", 1, &[]), dated, view("other", "c", 1, &[])];
    ledger.put_views(&views).await.unwrap();
    assert_eq!(stale("2026-03-31", "").await, all[2..]);
    assert_eq!(stale("2026-04-01", "").await, all[1..]);
    ledger.append(vec![new("a", 1, "2")]).await.unwrap();
    assert_eq!(
        stale("2026-03-31", "").await,
        [("a".into(), 2), ("c".into(), 1)]
    );
    assert_eq!(
        ledger.put_views(&[view("v", "a", 2, &[])]).await.unwrap(),
        1
    );
    // Who was slower does not put the older view over the newer one.
    assert_eq!(
        ledger.put_views(&[view("v", "a", 1, &[])]).await.unwrap(),
        0
    );
    assert_eq!(ledger.made_from("v", "a").await.unwrap(), Some(2));
    assert_eq!(ledger.made_from("v", "c").await.unwrap(), None);
    assert!(ledger.stale("v", "today", "", 1).await.is_err());
}

async fn views_out_of_bounds_are_refused(place: Arc<Place>) {
    let ledger = Ledger::create(&place.address().await).await.unwrap();
    ledger.append(vec![new("a", 0, "1")]).await.unwrap();
    let facets: Vec<(String, String)> = (0..65).map(|at| (at.to_string(), String::new())).collect();
    let many = Item {
        facets: facets.into_iter().collect(),
        ..Item::default()
    };
    let large = Item {
        body: "x".repeat(store::ITEM_BYTES_MAX + 1),
        ..Item::default()
    };
    let items = |item: Item| [("i", item)];
    for wrong in [
        view("", "a", 1, &[]),
        view("v", "a", 2, &[]),
        view("v", "b", 1, &[]),
        view("v", "a", 1, &items(many)),
        view("v", "a", 1, &items(large)),
        view("v", "a", 1, &items(item(&"s".repeat(300), &[]))),
        view("v", "a", 1, &items(item("a\0", &[]))),
        view("v", "a", 1, &[("", item("a", &[]))]),
        View {
            valid_until: Some("2026-1-1".into()),
            ..view("v", "a", 1, &[])
        },
    ] {
        let batch = [
            view("good", "a", 1, &[("i", item("a", &[("f", "v")]))]),
            wrong,
        ];
        let error = ledger.put_views(&batch).await.unwrap_err();
        assert_eq!(error.kind, Kind::Invalid, "{error}");
        assert_eq!(ledger.tally("good").await.unwrap(), []);
    }
}
