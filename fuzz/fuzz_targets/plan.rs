//! Any bytes as a plan: refused, or exactly the one spelling of a sound plan.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plan::Plan;

fuzz_target!(|bytes: &[u8]| {
    // Also plans in another spelling, so that the checks behind the spelling are reached.
    let loose = serde_json::from_slice::<Plan>(bytes).ok();
    let spelled = loose.map(|plan| plan.bytes());
    for bytes in [Some(bytes), spelled.as_deref()].into_iter().flatten() {
        if let Ok(plan) = Plan::parse(bytes) {
            assert_eq!(plan.bytes(), bytes);
            assert!(plan.faults().is_empty());
            let flows = plan.core.flows();
            assert!(flows.flows.len() >= plan.core.channels.len());
            // No plan is that of the empty model.
            assert!(!recheck::lint(&model::Model::default(), &plan).is_empty());
        }
    }
});
