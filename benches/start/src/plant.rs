//! A plan of subjects without channels that all run this program.

use crate::{Outcome, subject};
use plan::linux::{LinuxPlan, LinuxSubject};
use plan::{
    Core, Enforce, FailureAction, FailurePlan, ImagePlan, Plan, PlatformPlan, SettingPlan,
    Strength, SubjectPlan, Target,
};
use record::Digest;
use std::path::{Path, PathBuf};

/// A plan in a directory of its own, which is removed in the end.
pub struct Plant {
    pub directory: PathBuf,
    /// First bytes to wait for: one of each subject; a single one is started twice.
    pub bytes: usize,
}

impl Plant {
    pub fn new(subjects: usize) -> Outcome<Self> {
        let name = format!("bulkhead-start-{}-{subjects}", std::process::id());
        // Run directories are in memory where the machine has such a place, as under `/run`.
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        let directory = place.join(&name);
        std::fs::create_dir_all(directory.join("state"))?;
        let plant = Self {
            bytes: subjects.max(2),
            directory,
        };
        let plan = plan(name, subjects)?;
        if let Some(fault) = plan.faults().first() {
            return Err(fault.0.clone().into());
        }
        std::fs::write(plant.directory.join("plan.json"), plan.bytes())?;
        Ok(plant)
    }
}

impl Drop for Plant {
    fn drop(&mut self) {
        // What is left lies in a directory for temporary files.
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn plan(system: String, subjects: usize) -> Outcome<Plan> {
    let program = std::env::current_exe()?;
    let bytes = std::fs::read(&program)?;
    let path = program
        .into_os_string()
        .into_string()
        .map_err(|_| "this program lies in a directory whose name is no text")?;
    let image = ImagePlan {
        size_bytes: bytes.len() as u64,
        sha256: Digest::of(&bytes),
    };
    let again = SettingPlan {
        key: subject::AGAIN.to_owned(),
        value: "yes".to_owned(),
    };
    let subject = |number: usize| SubjectPlan {
        name: format!("subject-{number:02}"),
        image: image.clone(),
        memory_bytes: 32 << 20,
        budget_us: 0,
        budget_period_us: 0,
        period_us: 10_000,
        heartbeat_ms: 0,
        on_failure: FailurePlan {
            action: FailureAction::Restart,
            delay_ms: 0,
            count_max: 1,
            window_ms: 60_000,
            then_halt: true,
        },
        ports: vec![],
        grants: vec![],
        settings: if subjects == 1 {
            vec![again.clone()]
        } else {
            vec![]
        },
    };
    let core = Core {
        system,
        model: Digest::of(b"no model"),
        platform: PlatformPlan {
            name: "here".to_owned(),
            cores: 2,
            memory_bytes: 1 << 30,
            enforce: Enforce {
                memory: Strength::Best,
                processor: Strength::Best,
            },
        },
        subjects: (0..subjects).map(subject).collect(),
        channels: vec![],
    };
    let placed = (0x7100_0000..)
        .zip(&core.subjects)
        .map(|(user, subject)| LinuxSubject {
            name: subject.name.clone(),
            program: path.clone(),
            user,
        });
    let section = LinuxPlan {
        subjects: placed.collect(),
        channels: vec![],
    };
    Ok(Plan {
        format: plan::FORMAT.to_owned(),
        core,
        target: Target::Linux(section),
    })
}
