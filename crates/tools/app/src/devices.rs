//! Devices that the kernel knows by several names: what a machine shows of them is no part of a model.

use crate::model_file::ModelFile;
use model::{Grant, Resource};
use source::Diagnostic;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Where the kernel shows devices by their numbers.
const DEVICES: &str = "/sys/dev";
/// Kinds of hardware that the kernel gives several device files, each for all of it: a disk and its
/// `/dev/sg*`, the files of one keyboard.
const ONE_FOR_ALL: [&str; 2] = ["scsi", "input"];
/// Most parts of a device that are looked at.
const PARTS_MAX: usize = 256;

/// Warnings about devices that are granted under several peers although on this machine one is, or
/// contains, the other.
pub fn aliases(file: &ModelFile) -> Vec<Diagnostic> {
    let grants = file.model.grants.iter();
    let devices = grants.filter_map(|grant| {
        let Resource::Device { path } = &grant.resource else {
            return None;
        };
        Some((grant, path.as_str(), shown(Path::new(DEVICES), path)?))
    });
    let devices: Vec<(&Grant, &str, Shown)> = devices.collect();
    let mut warnings = Vec::new();
    for (index, (grant, path, own)) in devices.iter().enumerate() {
        for (other, other_path, others) in devices.iter().take(index) {
            if grant.peer == other.peer || !own.meets(others) {
                continue;
            }
            let place = |grant: &Grant| file.head(file.origins.span(grant.origin));
            let message = format!(
                "`{path}` and `{other_path}` are one device on this machine, or one contains the other"
            );
            let help = "what one peer gets the other may change: grant both under one peer, or choose another device";
            let warning = Diagnostic::warning("one-device", place(grant), message);
            warnings.push(warning.label(place(other), "the other grant").help(help));
        }
    }
    warnings
}

/// What the kernel shows of a device.
struct Shown {
    /// Places that stand for all of it.
    whole: BTreeSet<PathBuf>,
    /// These, and places of what it is a part of or lies on.
    below: BTreeSet<PathBuf>,
}

impl Shown {
    fn meets(&self, other: &Self) -> bool {
        !self.whole.is_disjoint(&other.below) || !other.whole.is_disjoint(&self.below)
    }
}

/// What is shown of the device at a path; none if there is no device, or nothing is shown.
fn shown(devices: &Path, path: &str) -> Option<Shown> {
    let device = fs::metadata(path).ok()?;
    let kind = match device.file_type() {
        kind if kind.is_block_device() => "block",
        kind if kind.is_char_device() => "char",
        _ => return None,
    };
    let number = device.rdev();
    let (major, minor) = (rustix::fs::major(number), rustix::fs::minor(number));
    shown_at(&devices.join(kind).join(format!("{major}:{minor}")))
}

fn shown_at(place: &Path) -> Option<Shown> {
    let place = fs::canonicalize(place).ok()?;
    let whole = BTreeSet::from_iter(
        [Some(place.clone()), hardware(&place)]
            .into_iter()
            .flatten(),
    );
    let mut below = BTreeSet::new();
    let mut todo: Vec<PathBuf> = whole.iter().cloned().collect();
    while let Some(next) = todo.pop() {
        if below.len() >= PARTS_MAX || !below.insert(next.clone()) {
            continue;
        }
        // A partition lies in the directory of its disk.
        let is_part = next.join("partition").exists();
        todo.extend(next.parent().filter(|_| is_part).map(Path::to_owned));
        todo.extend(fs::canonicalize(next.join("device")).ok());
        let lies_on = fs::read_dir(next.join("slaves")).into_iter().flatten();
        todo.extend(
            lies_on
                .flatten()
                .filter_map(|entry| fs::canonicalize(entry.path()).ok()),
        );
    }
    Some(Shown { whole, below })
}

/// The hardware behind a device file, if each of its files is for all of it.
fn hardware(place: &Path) -> Option<PathBuf> {
    let hardware = fs::canonicalize(place.join("device")).ok()?;
    let bus = fs::canonicalize(hardware.join("subsystem")).ok()?;
    let bus = bus.file_name()?.to_str()?;
    ONE_FOR_ALL.contains(&bus).then_some(hardware)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A tree as the kernel shows it: a disk `sda` with `sg0` and two partitions, a volume on the second,
    /// one on nothing, and a controller `nvme0` with two name spaces.
    fn machine(base: &Path) {
        let make = |path: &str| fs::create_dir_all(base.join(path)).unwrap();
        let link = |to: &str, at: &str| symlink(base.join(to), base.join(at)).unwrap();
        let numbered = [
            ("scsi/block/sda", "8:0"),
            ("scsi/block/sda/sda1", "8:1"),
            ("scsi/block/sda/sda2", "8:2"),
            ("scsi/generic/sg0", "21:0"),
            ("virtual/dm-0", "253:0"),
            ("virtual/dm-1", "253:1"),
            ("pci/nvme0", "240:0"),
            ("pci/nvme0/nvme0n1", "259:0"),
            ("pci/nvme0/nvme0n2", "259:1"),
        ];
        for path in ["bus/scsi", "bus/nvme", "dev", "virtual/dm-0/slaves"] {
            make(path);
        }
        for (path, number) in numbered {
            make(path);
            link(path, &format!("dev/{number}"));
        }
        for part in ["sda1", "sda2"] {
            fs::write(base.join(format!("scsi/block/sda/{part}/partition")), "1").unwrap();
        }
        link("scsi", "scsi/block/sda/device");
        link("scsi", "scsi/generic/sg0/device");
        link("bus/scsi", "scsi/subsystem");
        link("bus/nvme", "pci/nvme0/subsystem");
        link("pci/nvme0", "pci/nvme0/nvme0n1/device");
        link("pci/nvme0", "pci/nvme0/nvme0n2/device");
        link("scsi/block/sda/sda2", "virtual/dm-0/slaves/sda2");
    }

    #[test]
    fn what_is_or_contains_another_is_told_and_neighbours_are_not() {
        let base = std::env::temp_dir().join(format!("bulkhead-devices-{}", std::process::id()));
        machine(&base);
        let (sda, sda1, sda2, sg0) = ("8:0", "8:1", "8:2", "21:0");
        let (on_sda2, on_nothing) = ("253:0", "253:1");
        let (nvme0, first, second) = ("240:0", "259:0", "259:1");
        let meet = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|number| shown_at(&base.join("dev").join(number)).unwrap());
            assert_eq!(a.meets(&b), b.meets(&a));
            a.meets(&b)
        };
        for (a, b) in [
            (sda, sda),
            (sda, sda1),
            (sda, sg0),
            (sda2, sg0),
            (sda2, on_sda2),
            (sda, on_sda2),
            (sg0, on_sda2),
            (nvme0, first),
        ] {
            assert!(meet(a, b), "{a} {b}");
        }
        for (a, b) in [
            (sda1, sda2),
            (sda1, on_sda2),
            (sda, on_nothing),
            (on_sda2, on_nothing),
            (first, second),
            (sda, nvme0),
        ] {
            assert!(!meet(a, b), "{a} {b}");
        }
        assert!(shown_at(&base.join("dev/1:1")).is_none());
        fs::remove_dir_all(&base).unwrap();
    }

    #[test]
    fn one_device_under_two_peers_is_told_with_both_places() {
        // Two names of one device, as any machine has them.
        let link = std::env::temp_dir().join(format!("bulkhead-null-{}", std::process::id()));
        symlink("/dev/null", &link).unwrap();
        let text = |peer: &str, path: &str| {
            format!(
                "bulkhead 1\nsystem s {{\n  subject a\n  subject b\n  external x\n  external y\n  \
                 grant a -> x device=\"/dev/null\"\n  grant b -> {peer} device=\"{path}\"\n}}\n"
            )
        };
        let link = link.display().to_string();
        let told = |peer: &str, path: &str| {
            let file = ModelFile::of_text(Path::new("s.kdl"), text(peer, path));
            assert!(file.is_usable(), "{:?}", file.diagnostics);
            aliases(&file)
        };
        let warnings = told("y", &link);
        fs::remove_file(&link).unwrap();
        let [warning] = warnings.as_slice() else {
            panic!("{warnings:?}")
        };
        assert!(warning.message.contains(&link) && warning.message.contains("/dev/null"));
        assert_eq!(warning.labels.len(), 2);
        assert!(told("y", "/dev/zero").is_empty());
        assert!(told("y", "/dev/no-such-device").is_empty());
    }
}
