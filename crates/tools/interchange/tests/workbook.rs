//! Projects as workbooks: nothing is lost, nothing of a user becomes a formula or a link, and no file
//! brings the reader down.
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

mod tables_support;

use interchange::imported::Imported;
use interchange::tables::schema;
use interchange::workbook;
use maturity::Scope;
use maturity::project::Project;
use proptest::prelude::*;
use report::view::{Request, View};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use source::Severity;
use std::io::{Cursor, Read as _, Write as _};
use std::sync::OnceLock;
use tables_support::{EXAMPLES, arbitrary, catalog, example, places, profiles, show, today};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

fn read(bytes: &[u8]) -> Imported {
    workbook::read(bytes, catalog(), profiles(), today())
}

fn write(project: &Project) -> Vec<u8> {
    let table = project.table(catalog(), profiles());
    let request = Request {
        project,
        catalog: catalog(),
        table: &table,
        crosswalks: &[],
        assessment: None,
        target: None,
        today: today(),
        model: None,
    };
    let view = View::of(request).unwrap();
    workbook::write(project, &view, catalog(), &table).unwrap()
}

/// The workbook of a worked project.
fn shipped() -> &'static [u8] {
    static SHIPPED: OnceLock<Vec<u8>> = OnceLock::new();
    SHIPPED.get_or_init(|| write(&example("key-fob").0))
}

/// The parts of an archive.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().to_string();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        parts.push((name, content));
    }
    parts
}

fn pack(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        archive.start_file(name.as_str(), options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A worked project's workbook with one part changed.
fn spoilt(name: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut parts = parts(shipped());
    let part = parts.iter_mut().find(|(own, _)| own == name).unwrap();
    let text = String::from_utf8(part.1.clone()).unwrap();
    let changed = change(text.clone());
    assert_ne!(changed, text, "nothing was changed");
    part.1 = changed.into_bytes();
    pack(&parts)
}

/// The part of a sheet, by the order in which sheets are written.
fn part_of(sheet: &str) -> String {
    let views = 10;
    let at = schema::SHEETS.iter().position(|own| own.name == sheet);
    format!("xl/worksheets/sheet{}.xml", views + at.unwrap() + 1)
}

#[test]
fn worked_projects_come_back_whole() {
    for name in EXAMPLES {
        let (project, _) = example(name);
        let imported = read(&write(&project));
        assert_eq!(imported.project, Some(project), "{name}");
        assert_eq!(imported.not_read.len(), 10, "{:?}", imported.not_read);
        let view = "`Status`: a view, made anew from the data".to_owned();
        assert!(imported.not_read.contains(&view));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_valid_project_comes_back_whole(project in arbitrary::project()) {
        let bytes = write(&project);
        let imported = read(&bytes);
        prop_assert_eq!(imported.project.as_ref(), Some(&project), "{}", show(&imported));
        prop_assert_eq!(&write(&project), &bytes);
        no_formulas_or_links(&bytes);
    }

    #[test]
    fn damaged_workbooks_are_read_or_reported(
        at in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        inside in any::<bool>(),
    ) {
        let whole = shipped();
        let bytes = if inside {
            // A change inside a part, in an archive that is sound.
            let mut parts = parts(whole);
            let part = at.index(parts.len());
            for (place, byte) in &changes {
                let place = place.index(parts[part].1.len());
                parts[part].1[place] = *byte;
            }
            pack(&parts)
        } else {
            let mut bytes = whole.to_vec();
            for (place, byte) in &changes {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            bytes.truncate(bytes.len() - at.index(bytes.len()) / 50);
            bytes
        };
        let imported = read(&bytes);
        let error = imported.findings.iter().any(|one| one.severity == Severity::Error);
        prop_assert_eq!(imported.project.is_none(), error, "{}", show(&imported));
    }
}

/// An independent look at the parts.
fn no_formulas_or_links(bytes: &[u8]) {
    for (name, content) in parts(bytes) {
        let text = String::from_utf8(content).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        for node in document.descendants() {
            let tag = node.tag_name().name();
            assert!(
                !["f", "hyperlink", "hyperlinks"].contains(&tag),
                "{name}: {tag}"
            );
        }
        assert!(!name.contains("externalLink") && !text.contains("TargetMode=\"External\""));
    }
}

#[test]
fn texts_of_users_are_only_texts() {
    let (mut project, _) = example("key-fob");
    project.notes = [
        "=HYPERLINK(\"http://example.com\")",
        "+1",
        "@x",
        "http://example.com",
        "<r><t>markup</t></r>",
        "<r><evil/></r>",
        "<r></r>",
        "_x000D_ and \r\n",
        "\u{1}\u{8}\u{1f}",
        "{=SUM(A1)}",
    ]
    .map(str::to_owned)
    .into();
    let bytes = write(&project);
    no_formulas_or_links(&bytes);
    assert_eq!(read(&bytes).project, Some(project));
}

#[test]
fn what_does_not_fit_a_cell_is_refused_with_its_place() {
    let (mut project, table) = example("key-fob");
    project.notes = vec!["short".to_owned(), "😀".repeat(16_384)];
    let request = Request {
        project: &project,
        catalog: catalog(),
        table: &table,
        crosswalks: &[],
        assessment: None,
        target: None,
        today: today(),
        model: None,
    };
    let view = View::of(request).unwrap();
    let fault = workbook::write(&project, &view, catalog(), &table).unwrap_err();
    assert!(fault.to_string().contains("`Notes!A3 (note)`"), "{fault}");
    project.notes[1].pop();
    assert_eq!(read(&write(&project)).project, Some(project));
}

#[test]
fn a_sheet_that_is_missing_or_a_copy_or_empty_is_named() {
    for name in ["Answers (2)", "Copy of Answers", "Answers_old", "Answer"] {
        let renamed = |text: String| text.replace("name=\"Answers\"", &format!("name=\"{name}\""));
        let imported = read(&spoilt("xl/workbook.xml", renamed));
        assert_eq!(imported.project, None, "{name}");
        let told = imported.findings[0].to_string();
        assert!(
            told.contains("error[missing-table]: there is no table `Answers`")
                && told.contains(&format!("`{name}` looks like it")),
            "{told}"
        );
    }
    let empty = |text: String| {
        let (head, rest) = text.split_once("<sheetData>").unwrap();
        let (_, tail) = rest.split_once("</sheetData>").unwrap();
        format!("{head}<sheetData></sheetData>{tail}")
    };
    let imported = read(&spoilt(&part_of("Answers"), empty));
    assert_eq!(places(&imported)[0], "Answers empty-table");
    assert_eq!(imported.project, None);
    let case = |text: String| text.replace("name=\"Answers\"", "name=\"ANSWERS\"");
    assert!(read(&spoilt("xl/workbook.xml", case)).project.is_some());
}

#[test]
fn a_workbook_that_a_person_edited_is_understood() {
    // Made by hand: a title above the heads, columns in another order, dates as dates, numbers as
    // texts, a formula, a merged area, a foreign sheet.
    let mut made = Workbook::new();
    let date = Format::new().set_num_format("dd.mm.yyyy");
    let sheet = made.add_worksheet().set_name("PROJECT").unwrap();
    sheet.write_string(0, 1, "Our plant").unwrap();
    let heads = [
        "Title",
        "boundary",
        "project",
        "Perspective",
        "catalog",
        "catalog version",
        "cost centre",
    ];
    for (at, head) in (1..).zip(heads) {
        sheet.write_string(2, at, head).unwrap();
    }
    let cells = ["A plant", "all of it", "plant", "Operator", "bulkhead-smm"];
    for (at, cell) in (1..).zip(cells) {
        sheet.write_string(3, at, cell).unwrap();
    }
    sheet
        .write_string(3, 6, catalog().version.as_str())
        .unwrap();
    let sheet = made.add_worksheet().set_name("Targets").unwrap();
    for (at, head) in (0..).zip(["target", "by", "title"]) {
        sheet.write_string(0, at, head).unwrap();
    }
    sheet.write_string(1, 0, "first").unwrap();
    let day = ExcelDateTime::from_ymd(2027, 3, 31).unwrap();
    sheet.write_datetime_with_format(1, 1, &day, &date).unwrap();
    let formula = Formula::new("\"Next \"&\"year\"").set_result("Next year");
    sheet.write_formula(1, 2, formula).unwrap();
    let sheet = made.add_worksheet().set_name("Practice targets").unwrap();
    for (at, head) in (0..).zip(["Target", "Practice", "Level", "Scope", "Because"]) {
        sheet.write_string(0, at, head).unwrap();
    }
    let format = Format::new();
    sheet.merge_range(1, 0, 2, 0, "first", &format).unwrap();
    sheet.write_string(1, 1, "access control").unwrap();
    sheet.write_string(1, 2, " 2 ").unwrap();
    sheet.write_string(1, 3, "General").unwrap();
    sheet.write_number(1, 4, 42).unwrap();
    made.add_worksheet().set_name("Scratch").unwrap();
    let bytes = made.save_to_buffer().unwrap();
    let imported = read(&bytes);
    let project = imported.project.as_ref().unwrap();
    assert_eq!(project.id, "plant");
    let set = &project.targets[0];
    assert_eq!(set.by.to_string(), "2027-03-31");
    assert_eq!(set.title.as_deref(), Some("Next year"));
    assert_eq!(set.practices[0].practice, "E1.2");
    assert_eq!(set.practices[0].level.number(), 2);
    assert_eq!(set.practices[0].because.as_deref(), Some("42"));
    let found = places(&imported);
    for expected in [
        "Targets!C2 (title) formula-value",
        "Practice targets!A2 (Target) merged-cells",
    ] {
        assert!(found.contains(&expected.to_owned()), "{found:?}");
    }
    assert_eq!(
        imported.not_read,
        [
            "PROJECT!A1: above the heads",
            "PROJECT!H3 (cost centre): not a column of this table",
            "`Scratch`",
        ]
    );
}

#[test]
fn bad_cells_are_named_by_sheet_and_cell() {
    let mut made = Workbook::new();
    let sheet = made.add_worksheet().set_name("Project").unwrap();
    let heads = [
        "project",
        "title",
        "boundary",
        "perspective",
        "catalog",
        "catalog version",
    ];
    for (at, head) in (0..).zip(heads) {
        sheet.write_string(0, at, head).unwrap();
    }
    sheet.write_string(1, 0, "2nd").unwrap();
    let broken = Formula::new("1/0").set_result("#DIV/0!");
    sheet.write_formula(1, 1, broken).unwrap();
    sheet.write_boolean(1, 3, true).unwrap();
    let imported = read(&made.save_to_buffer().unwrap());
    let found = places(&imported);
    for expected in [
        "Project!A2 (project) bad-id",
        "Project!C2 (boundary) missing-field",
        "Project!D2 (perspective) not-a-choice",
        "Project!E2 (catalog) missing-field",
        "Project!F2 (catalog version) missing-field",
    ] {
        assert!(found.contains(&expected.to_owned()), "{found:?}");
    }
    assert_eq!(imported.project, None);
}

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    let imported = read(bytes);
    assert_eq!(imported.project, None);
    imported.findings.iter().map(|one| one.code).collect()
}

#[test]
fn what_is_no_workbook_is_refused() {
    assert_eq!(codes(b""), ["bad-workbook"]);
    assert_eq!(codes(b"assessment,indicator"), ["bad-workbook"]);
    assert_eq!(codes(b"PK\x03\x04 nothing"), ["bad-workbook"]);
    let old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    assert!(show(&read(&old)).contains("password"));
    let other = pack(&[("readme.txt".to_owned(), b"hello".to_vec())]);
    assert_eq!(codes(&other), ["bad-workbook"]);
    assert_eq!(codes(&vec![b'P'; workbook::FILE_MAX + 1]), ["too-much"]);
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let most = usize::try_from(workbook::UNPACKED_MAX).unwrap();
    let mut all = parts(shipped());
    all.push(("xl/media/image1.png".to_owned(), vec![0; most]));
    let bomb = pack(&all);
    assert!(bomb.len() < 1_000_000, "the bomb is small: {}", bomb.len());
    assert_eq!(codes(&bomb), ["too-much"]);
    // The directory may lie about the size; what counts is what comes out.
    let mut lying = bomb;
    let claim = u32::try_from(most).unwrap().to_le_bytes();
    let places: Vec<usize> = lying
        .windows(4)
        .enumerate()
        .filter_map(|(at, bytes)| (bytes == claim).then_some(at))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        lying[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    assert!(["too-much", "bad-workbook"].contains(&codes(&lying)[0]));

    let many: Vec<_> = (0..1_001)
        .map(|at| (format!("xl/{at}.xml"), Vec::new()))
        .collect();
    assert_eq!(codes(&pack(&many)), ["too-much"]);
}

#[test]
fn what_a_workbook_says_of_itself_is_not_believed() {
    let strings = "xl/sharedStrings.xml";
    for number in ["18446744073709551615", "99999999999", "1000001"] {
        let bytes = spoilt(strings, |text| {
            let (before, after) = text.split_once("uniqueCount=\"").unwrap();
            let (_, after) = after.split_once('"').unwrap();
            format!("{before}uniqueCount=\"{number}\"{after}")
        });
        assert_eq!(codes(&bytes), ["too-much"], "{number}");
    }
    let project = part_of("Project");
    // The whole sheet, or one that ends before it begins.
    let dimension = |range: &'static str| {
        spoilt(&project, move |text| {
            let (before, after) = text.split_once("<dimension ref=\"").unwrap();
            let (_, after) = after.split_once('"').unwrap();
            format!("{before}<dimension ref=\"{range}\"{after}")
        })
    };
    assert!(read(&dimension("A1:XFD1048576")).project.is_some());
    for range in ["B2:A1", "ZZZZZZZZZ1", "A99999999999", ""] {
        assert_eq!(codes(&dimension(range)), ["bad-workbook"], "{range}");
    }
    for (from, to) in [
        ("r=\"A2\"", "r=\"A4294967296\""),
        ("r=\"A2\"", "r=\"AAAAAAAAAA2\""),
        ("<row r=\"2\"", "<row r=\"4294967295\""),
    ] {
        let bytes = spoilt(&project, |text| text.replacen(from, to, 1));
        assert_eq!(codes(&bytes), ["bad-workbook"], "{to}");
    }
    // A shared formula with an enormous number would make room for as many.
    let bytes = spoilt(&project, |text| {
        let formula = "<f t=\"shared\" si=\"4000000000\" ref=\"A2:A3\">1</f><v>";
        text.replacen("<v>", formula, 1)
    });
    assert_eq!(codes(&bytes), ["too-much"]);
}

#[test]
fn cells_far_away_do_not_make_room_for_all_between() {
    // In every row one cell in the last column that counts: few bytes, many empty cells.
    let notes = part_of("Notes");
    let far = |column: &'static str, rows: u32| {
        spoilt(&notes, move |text| {
            let row = |at| format!("<row r=\"{at}\"><c r=\"{column}{at}\"><v>1</v></c></row>");
            let rows: String = (100..100 + rows).map(row).collect();
            text.replacen("</sheetData>", &format!("{rows}</sheetData>"), 1)
        })
    };
    assert_eq!(codes(&far("GR", 25_000)), ["too-much"]);
    let imported = read(&far("XFD", 25_000));
    assert!(imported.project.is_some(), "{}", show(&imported));
    let says = "`Notes`: 25000 cells beyond column 200".to_owned();
    assert!(imported.not_read.contains(&says), "{:?}", imported.not_read);
}

#[test]
fn one_text_shared_by_many_cells_is_counted_each_time() {
    let mut all = parts(shipped());
    for (name, content) in &mut all {
        let text = String::from_utf8(content.clone()).unwrap();
        if *name == part_of("Notes") {
            let row = |at| format!("<row r=\"{at}\"><c r=\"A{at}\" t=\"s\"><v>0</v></c></row>");
            let rows: String = (100..5_100).map(row).collect();
            let rows = format!("{rows}</sheetData>");
            *content = text.replacen("</sheetData>", &rows, 1).into_bytes();
        }
        if name == "xl/sharedStrings.xml" {
            let long = format!("<si><t>{}</t></si><si>", "x".repeat(100_000));
            *content = text.replacen("<si>", &long, 1).into_bytes();
        }
    }
    let found = codes(&pack(&all));
    assert!(found.contains(&"too-much"), "{found:?}");
}

#[test]
fn styles_that_would_be_copied_too_often_are_refused() {
    let styles = "xl/styles.xml";
    let long = spoilt(styles, |text| {
        let format = format!(
            "<numFmt numFmtId=\"200\" formatCode=\"{}\"/>",
            "0".repeat(2_000)
        );
        text.replacen("<numFmts", "<numFmts x=\"\"", 1).replacen(
            "<numFmt ",
            &format!("{format}<numFmt "),
            1,
        )
    });
    assert_eq!(codes(&long), ["too-much"]);
    let many = spoilt(styles, |text| {
        text.replacen(
            "<cellXfs ",
            &format!("{}<cellXfs ", "<xf/>".repeat(70_000)),
            1,
        )
    });
    assert_eq!(codes(&many), ["too-much"]);
}

#[test]
fn parts_that_would_be_read_or_copied_too_often_are_refused() {
    let twice = spoilt("xl/workbook.xml", |text| {
        text.replacen("r:id=\"rId2\"", "r:id=\"rId1\"", 1)
    });
    assert_eq!(codes(&twice), ["bad-workbook"]);
    let links = "xl/_rels/workbook.xml.rels";
    for again in ["worksheets/sheet1.xml", "/xl/Worksheets/Sheet1.xml"] {
        let shared = spoilt(links, |text| {
            text.replacen("worksheets/sheet2.xml", again, 1)
        });
        assert_eq!(codes(&shared), ["bad-workbook"], "{again}");
    }
    let long = spoilt(links, |text| {
        text.replacen("worksheets/sheet2.xml", &"x".repeat(2_000), 1)
    });
    assert_eq!(codes(&long), ["too-much"]);
    let many = spoilt("xl/workbook.xml", |text| {
        let sheet = |at| format!("<sheet name=\"s{at}\" r:id=\"x{at}\"/>");
        let sheets: String = (0..300).map(sheet).collect();
        text.replacen("</sheets>", &format!("{sheets}</sheets>"), 1)
    });
    assert_eq!(codes(&many), ["too-much"]);
    let missing = spoilt("xl/workbook.xml", |text| {
        text.replacen("r:id=\"rId2\"", "r:id=\"nowhere\"", 1)
    });
    assert_eq!(codes(&missing), ["bad-workbook"]);
    let second = spoilt("xl/workbook.xml", |text| {
        text.replacen("name=\"Status\"", "name=\"answers \"", 1)
    });
    assert!(codes(&second).contains(&"duplicate-table"));
}

#[test]
fn entities_and_deep_nesting_do_no_harm() {
    let laughs = spoilt("xl/sharedStrings.xml", |text| {
        let entities = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
        text.replacen("<sst", &format!("{entities}<sst"), 1)
            .replacen("<t>", "<t>&b;", 1)
    });
    assert_eq!(codes(&laughs), ["bad-workbook"]);
    let deep = spoilt(&part_of("Notes"), |text| {
        text.replacen(
            "<sheetData",
            &format!("{}<sheetData", "<a>".repeat(500_000)),
            1,
        )
    });
    let imported = read(&deep);
    let error = imported
        .findings
        .iter()
        .any(|one| one.severity == Severity::Error);
    assert_eq!(imported.project.is_none(), error);
}

#[test]
fn view_sheets_and_data_sheets_have_names_of_their_own() {
    let text = parts(shipped());
    let workbook = text.iter().find(|(name, _)| name == "xl/workbook.xml");
    let workbook = String::from_utf8(workbook.unwrap().1.clone()).unwrap();
    let document = roxmltree::Document::parse(&workbook).unwrap();
    let sheets = document.descendants().filter(|node| {
        node.has_tag_name((
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "sheet",
        ))
    });
    let names: Vec<&str> = sheets.filter_map(|node| node.attribute("name")).collect();
    assert_eq!(names.len(), 10 + schema::SHEETS.len());
    assert_eq!(names[..3], ["About", "Overview", "Status"]);
    let data: Vec<&str> = schema::SHEETS.iter().map(|sheet| sheet.name).collect();
    assert_eq!(names[10..], data);
}

/// What a sheet says, from the line below its heads on.
fn lines_of(bytes: &[u8], sheet: &str) -> Vec<Vec<String>> {
    use calamine::{Reader as _, Xlsx};
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = workbook.worksheet_range(sheet).unwrap();
    let line = |row: &[calamine::Data]| row.iter().map(ToString::to_string).collect();
    range.rows().skip(4).map(line).collect()
}

/// How many cells of the view sheets are green.
fn green(bytes: &[u8]) -> usize {
    let all = parts(bytes);
    let read = |name: &str| {
        let (_, content) = all.iter().find(|(other, _)| other == name).unwrap();
        String::from_utf8(content.clone()).unwrap()
    };
    let styles = read("xl/styles.xml");
    let styles = roxmltree::Document::parse(&styles).unwrap();
    let children = |name: &str| {
        let found = styles.descendants().find(|node| node.has_tag_name(name));
        let found = found
            .unwrap()
            .children()
            .filter(roxmltree::Node::is_element);
        found.collect::<Vec<_>>()
    };
    let fill = |fill: &roxmltree::Node<'_, '_>| {
        let mut inside = fill.descendants();
        inside.any(|node| node.attribute("rgb") == Some("FFE2EFDA"))
    };
    let fills: Vec<String> = (0..)
        .zip(children("fills"))
        .filter(|(_, node)| fill(node))
        .map(|(at, _): (usize, _)| at.to_string())
        .collect();
    let formats: Vec<String> = (0..)
        .zip(children("cellXfs"))
        .filter(|(_, node)| {
            node.attribute("fillId")
                .is_some_and(|id| fills.iter().any(|fill| fill == id))
        })
        .map(|(at, _): (usize, _)| at.to_string())
        .collect();
    let green = |at: u8| {
        let sheet = read(&format!("xl/worksheets/sheet{at}.xml"));
        let sheet = roxmltree::Document::parse(&sheet).unwrap();
        let cells = sheet.descendants().filter(|node| node.has_tag_name("c"));
        let styles = cells.filter_map(|cell| cell.attribute("s").map(str::to_owned));
        styles.filter(|style| formats.contains(style)).count()
    };
    (1..=10).map(green).sum()
}

#[test]
fn nothing_is_green_where_nobody_looked() {
    let (mut project, _) = example("bottling-line");
    assert!(green(&write(&project)) > 0);
    let assessment = &mut project.assessments[1];
    assessment.answers.clear();
    assessment.judgements.clear();
    project.assessments.remove(0);
    let least = project
        .obligations
        .iter_mut()
        .flat_map(|one| &mut one.minimums);
    least.take(1).for_each(|least| {
        (least.level, least.scope) = (maturity::Level::NONE, Scope::General);
    });
    assert_eq!(green(&write(&project)), 0);
}

#[test]
fn what_was_not_judged_is_no_number_in_the_history() {
    let (project, _) = example("bottling-line");
    let lines = lines_of(&write(&project), "History");
    let line = lines
        .iter()
        .find(|line| line[0] == "G2.1" && line[2] == "system");
    assert_eq!(line.unwrap()[3..], ["not judged", "2", ""]);
    let line = lines
        .iter()
        .find(|line| line[0] == "G2.2" && line[2] == "industry");
    assert_eq!(line.unwrap()[3..], ["1", "2", "1 higher"]);
}

#[test]
fn the_status_sheet_shows_what_the_engine_finds() {
    use maturity::settle::{Now, settle};
    for name in EXAMPLES {
        let (project, table) = example(name);
        let lines = lines_of(&write(&project), "Status");
        // The choice of the view, made here once more: the latest that is frozen, the nearest target.
        let frozen = project
            .assessments
            .iter()
            .filter(|one| one.state == maturity::State::Frozen);
        let assessment = frozen.max_by_key(|one| one.to).unwrap();
        let ahead = project.targets.iter().filter(|set| set.by >= today());
        let set = ahead.min_by_key(|set| set.by).unwrap();
        let now = Now {
            today: Some(today()),
            model: None,
        };
        let settled = settle(&project, assessment, &table, &now);
        let scores = maturity::score::score(&table, &settled);
        let gaps = maturity::gap::gaps(&scores, set);
        assert_eq!(lines.len(), gaps.len(), "{name}");
        for ((line, gap), score) in lines.iter().zip(&gaps).zip(&scores) {
            let found = |scope| match gap.excluded {
                true => "excluded".to_owned(),
                false => score.found(scope).to_string(),
            };
            let target = gap.target.as_ref();
            let scope = target.map_or(Scope::General, |target| target.scope);
            assert_eq!(line[0], gap.practice);
            assert_eq!(line[4], found(scope), "{name} {}", gap.practice);
            // Where nobody looked nobody knows how much is missing.
            let missing = match gap.stands {
                maturity::gap::Stands::NotJudged => String::new(),
                _ => gap.gap.to_string(),
            };
            let numbers = [missing, gap.surplus.to_string()];
            assert_eq!(line[6..8], numbers, "{name} {}", gap.practice);
            let scopes = [Scope::General, Scope::Industry, Scope::System];
            assert_eq!(line[8..11], scopes.map(found), "{name} {}", gap.practice);
            let mut answers = assessment.answers.iter();
            let answered = answers.any(|answer| {
                let row = table.row(&answer.indicator);
                row.is_some_and(|row| row.what.practice == gap.practice)
            });
            let rests = match (score.judged.is_empty(), answered) {
                (true, true) => "answers",
                (true, false) => "nothing",
                (false, true) => "a judgement and answers",
                (false, false) => "a judgement",
            };
            assert_eq!(line[11], rests, "{name} {}", gap.practice);
            let attested = score.vouched.attested.to_string();
            assert_eq!(line[12], attested, "{name} {}", gap.practice);
            if let Some(target) = &gap.target {
                assert_eq!(line[2], target.level.to_string());
                assert_eq!(line[3], target.scope.to_string());
                assert_eq!(line[5] == "met", gap.met);
            }
        }
        let indicators = lines_of(&write(&project), "Indicators");
        assert_eq!(indicators.len(), table.rows.len(), "{name}");
    }
}
