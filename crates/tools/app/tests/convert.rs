//! Architectures from text to documents and back, as files.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use app::Exit;
use app::convert::{self, DOCUMENT_BYTES_MAX, Form};
use app::model_file::ModelFile;
use std::fs;
use std::path::{Path, PathBuf};

/// A directory of its own for a test.
fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&directory).unwrap();
    directory
}

#[test]
fn every_example_survives_the_way_there_and_back() {
    let directory = directory("there-and-back");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples");
    let mut count = 0;
    for entry in fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path().join("system.kdl");
        if !path.is_file() {
            continue;
        }
        count += 1;
        let original = convert::read(&path).unwrap();
        let document = directory.join("system.json");
        fs::write(&document, convert::write(&original, Form::Json).unwrap()).unwrap();
        let back = convert::read(&document).unwrap();
        assert!(back.is_usable(), "{:?}", back.diagnostics);
        assert_eq!(back.model.digest(), original.model.digest());
        let text = convert::write(&back, Form::Kdl).unwrap();
        assert_eq!(convert::write(&original, Form::Kdl).unwrap(), text);
        let again = ModelFile::of_text(&path, text);
        assert_eq!(again.model.digest(), original.model.digest());
    }
    assert!(count > 3, "{count} examples");
}

#[test]
fn what_is_no_document_is_refused_in_the_users_words() {
    let directory = directory("no-document");
    let path = directory.join("system.json");
    let refused = |text: &str, why: &str| {
        fs::write(&path, text).unwrap();
        let failure = convert::read(&path)
            .map(|file| file.diagnostics)
            .unwrap_err();
        assert_eq!(failure.exit, Exit::Unusable);
        assert!(failure.message.contains(why), "{failure:?}");
    };
    refused("", "line 1 column 0");
    refused("bulkhead 1", "line 1 column 1");
    refused(
        r#"{"format":"bulkhead.architecture/9","name":"a"}"#,
        "`bulkhead.architecture/1`",
    );
    refused(
        r#"{"format":"bulkhead.architecture/1"}"#,
        "missing field `name`",
    );
    let huge = " ".repeat(usize::try_from(DOCUMENT_BYTES_MAX).unwrap() + 1);
    refused(&huge, "is larger than");
}

#[test]
fn faults_of_a_document_are_shown_in_its_text() {
    let path = directory("faults").join("system.json");
    let document = r#"{"format":"bulkhead.architecture/1","name":"a",
        "channels":[{"from":"a.b","to":"c.d","kind":"sampling"}]}"#;
    fs::write(&path, document).unwrap();
    let file = convert::read(&path).unwrap();
    assert!(!file.is_usable());
    assert!(file.source.name.ends_with("system.json (as text)"));
    let diagnostic = file.diagnostics.first().unwrap();
    assert_eq!(diagnostic.code, "unknown-name");
    assert_eq!(file.source.slice(diagnostic.span()), "a");
}

#[test]
fn what_would_be_too_large_to_read_is_not_written() {
    let members: String = (0..5_000)
        .map(|n| format!("external node-with-a-long-name-{n} in=d\n"))
        .collect();
    let claims: String = (0..60)
        .map(|n| format!("require r{n} {{ never from=d to=s }}\n"))
        .collect();
    let text = format!("bulkhead 1\nsystem s1 {{\ndomain d\nsubject s\n{members}{claims}}}\n");
    let file = ModelFile::of_text(Path::new("large.kdl"), text);
    assert!(file.is_usable(), "{:?}", file.diagnostics.first());
    for form in [Form::Kdl, Form::Json] {
        let failure = convert::write(&file, form).unwrap_err();
        assert_eq!(failure.exit, Exit::Unusable);
        assert!(
            failure
                .message
                .contains("`large.kdl` would become larger than 8388608 bytes")
        );
    }
}
