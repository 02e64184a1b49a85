//! Plans for the Linux separation runtime.

use crate::portable::{self, Impossible};
use model::Model;
use plan::linux::{ADDRESS_MIN, ADDRESS_STEP, LinuxChannel, LinuxPlan, LinuxSubject};
use plan::{Core, ImagePlan, Kind, Plan, Target};
use std::collections::BTreeMap;

/// Host user id of the first subject; the others follow in the order of their names.
pub const USER_FIRST: u32 = 0x7000_0000;

/// What the planner must know about a program file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its absolute path.
    pub path: String,
    /// Its bytes.
    pub image: ImagePlan,
}

/// One program per subject name.
pub type Programs = BTreeMap<String, Program>;

/// Makes the plan of the one platform the model deploys on.
///
/// # Errors
/// Everything that stands in the way, each with the element it belongs to.
pub fn plan(model: &Model, programs: &Programs) -> Result<Plan, Vec<Impossible>> {
    let images = programs.iter();
    let images = images.map(|(name, program)| (name.as_str(), &program.image));
    let (core, origin) = portable::core(model, &images.collect())?;
    let target = Target::Linux(section(&core, programs));
    let plan = Plan {
        format: plan::FORMAT.to_owned(),
        core,
        target,
    };
    let unsound = plan.faults();
    if unsound.is_empty() {
        return Ok(plan);
    }
    let impossible = |fault: plan::Fault| Impossible {
        code: "cannot-be-planned",
        origin,
        message: fault.to_string(),
        help: "make the element smaller or give it another name".to_owned(),
    };
    Err(unsound.into_iter().map(impossible).collect())
}

/// A user for each subject, and an address of its own for each segment.
fn section(core: &Core, programs: &Programs) -> LinuxPlan {
    let subjects = core.subjects.iter().zip(USER_FIRST..);
    // The core has a subject only with its image, which comes from its program.
    let subjects = subjects.filter_map(|(subject, user)| {
        let program = programs.get(&subject.name)?;
        Some(LinuxSubject {
            name: subject.name.clone(),
            program: program.path.clone(),
            user,
        })
    });
    let mut next = (0u64..).map(|step| ADDRESS_MIN + step * ADDRESS_STEP);
    let mut next = || next.next().unwrap_or(0);
    let channels = core.channels.iter().map(|channel| LinuxChannel {
        name: channel.name.clone(),
        data_address: next(),
        credit_address: if channel.kind == Kind::Credit {
            next()
        } else {
            0
        },
    });
    LinuxPlan {
        subjects: subjects.collect(),
        channels: channels.collect(),
    }
}
