//! Any text as a model: no panic, places inside the text, bounded reports, and without errors a
//! model whose parts find each other and that is written as text that says the same.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let reading = lang::read(text);
    for diagnostic in &reading.diagnostics {
        for label in &diagnostic.labels {
            assert!(text.get(label.span.range()).is_some(), "{diagnostic:?}");
        }
        assert!(source::edited(text, &diagnostic.fix).is_some(), "{diagnostic:?}");
    }
    assert!(reading.diagnostics.len() <= 201 + kdl::MAX_DIAGNOSTICS);
    if reading.diagnostics.iter().any(|diagnostic| diagnostic.is_error()) {
        return;
    }
    let model = &reading.model;
    for channel in &model.channels {
        let ports = (model.port(channel.from), model.port(channel.to));
        let (Some(from), Some(to)) = ports else { panic!("{channel:?}") };
        assert_ne!(from.node, to.node);
        assert_eq!(from.message, to.message);
    }
    for (id, _) in model.nodes() {
        for pass in model.trust(id).map_or(&[][..], |trust| &trust.passes) {
            assert_eq!(model.port(pass.from).map(|port| port.node), Some(id));
            assert_eq!(model.port(pass.to).map(|port| port.node), Some(id));
        }
    }
    assert!(!lang::rust_types(model).is_empty());
    assert_eq!(model.digest(), lang::read(text).model.digest());
    let written = lang::write(model);
    if written.len() <= kdl::MAX_BYTES {
        let again = lang::read(&written);
        assert!(!again.diagnostics.iter().any(|diagnostic| diagnostic.is_error()), "{written}");
        assert_eq!(again.model.digest(), model.digest(), "{written}");
        assert_eq!(lang::write(&again.model), written);
    }
});
