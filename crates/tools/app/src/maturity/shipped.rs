//! The catalog, its crosswalks and profiles as they are shipped with the program.

macro_rules! text {
    ($path:literal) => {
        (
            concat!("catalog/", $path),
            include_str!(concat!("../../../../../catalog/", $path)),
        )
    };
}

/// The practices.
pub(super) const CATALOG: &[(&str, &str)] = &[
    text!("smm/catalog.kdl"),
    text!("smm/practices/e1.1-establishing-and-maintaining-identities.kdl"),
    text!("smm/practices/e1.2-access-control.kdl"),
    text!("smm/practices/e2.1-asset-change-and-configuration-management.kdl"),
    text!("smm/practices/e2.2-physical-protection.kdl"),
    text!("smm/practices/e3.1-protection-model-and-policy-for-data.kdl"),
    text!("smm/practices/e3.2-implementation-of-data-protection-controls.kdl"),
    text!("smm/practices/g1.1-security-program-management.kdl"),
    text!("smm/practices/g1.2-compliance-management.kdl"),
    text!("smm/practices/g2.1-threat-modeling.kdl"),
    text!("smm/practices/g2.2-risk-attitude.kdl"),
    text!("smm/practices/g3.1-product-supply-chain-risk-management.kdl"),
    text!("smm/practices/g3.2-services-third-party-dependencies-management.kdl"),
    text!("smm/practices/h1.1-vulnerability-assessment.kdl"),
    text!("smm/practices/h1.2-patch-management.kdl"),
    text!("smm/practices/h2.1-monitoring-practice.kdl"),
    text!("smm/practices/h2.2-situational-awareness-and-information-sharing-practice.kdl"),
    text!("smm/practices/h3.1-event-detection-and-response-plan.kdl"),
    text!("smm/practices/h3.2-remediation-recovery-and-continuity-of-operations.kdl"),
];

/// The layers.
pub(super) const PROFILES: &[(&str, &str)] = &[
    text!("profiles/automotive-gateway.kdl"),
    text!("profiles/food-and-beverage-line.kdl"),
    text!("profiles/point-of-sale-device.kdl"),
    text!("profiles/residential-camera.kdl"),
    text!("profiles/trustworthiness.kdl"),
];

/// The crosswalks.
pub(super) const CROSSWALKS: &[(&str, &str)] = &[
    text!("crosswalks/cra-2024-2847.kdl"),
    text!("crosswalks/en18031-1-2024.kdl"),
    text!("crosswalks/en18031-2-2024.kdl"),
    text!("crosswalks/etsi-en303645-3.1.3.kdl"),
    text!("crosswalks/iec62443-2-1-2024.kdl"),
    text!("crosswalks/iec62443-2-4-2023.kdl"),
    text!("crosswalks/iec62443-3-2-2020.kdl"),
    text!("crosswalks/iec62443-3-3-2013.kdl"),
    text!("crosswalks/iec62443-4-1-2018.kdl"),
    text!("crosswalks/iec62443-4-2-2019.kdl"),
    text!("crosswalks/iso-sae-21434-2021.kdl"),
    text!("crosswalks/iso27001-2022.kdl"),
    text!("crosswalks/iso24089-2023.kdl"),
    text!("crosswalks/nist-csf-2.0.kdl"),
    text!("crosswalks/nist800-53-r5.kdl"),
    text!("crosswalks/un-r155-2021.kdl"),
    text!("crosswalks/un-r156-2021.kdl"),
];
