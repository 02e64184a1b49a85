//! What a plan says for Linux, derived from the core and the model a second time.

use super::Lint;
use plan::Kind;
use plan::linux::{ADDRESS_MIN, ADDRESS_STEP, LinuxChannel, LinuxPlan, LinuxSubject};

/// User of the first subject; the others follow in the order of names.
const USER_MIN: u32 = 0x7000_0000;

impl Lint<'_> {
    /// The section names the subjects and channels of the core in their order, or it is unsound.
    pub(super) fn linux(&mut self, target: &LinuxPlan) {
        let (model, core) = (self.model, self.core);
        for (user, planned) in (USER_MIN..).zip(&target.subjects) {
            let mut subjects = model.subjects();
            let subject = subjects.find(|(_, node, _)| node.name == planned.name);
            let program = subject.and_then(|(.., subject)| subject.program.as_deref());
            let own = LinuxSubject {
                name: planned.name.clone(),
                program: renamed(&planned.program, program.unwrap_or_default()),
                user,
            };
            let code = |field: &str| if field == "user" { "wrong-user" } else { "wrong-program" };
            self.equal(code, &own.name, planned, &own);
        }
        // Addresses that run out are 0, which no plan may give: it is a finding.
        let mut next = (0..).map(|step| ADDRESS_MIN + step * ADDRESS_STEP);
        let mut next = || next.next().unwrap_or_default();
        for (channel, planned) in core.channels.iter().zip(&target.channels) {
            let own = LinuxChannel {
                name: channel.name.clone(),
                data_address: next(),
                credit_address: if channel.kind == Kind::Credit { next() } else { 0 },
            };
            self.equal(|_| "wrong-channel", &own.name, planned, &own);
        }
    }
}

/// A path whose last part is that of a program.
fn renamed(path: &str, program: &str) -> String {
    let file = |path: &str| path.rsplit('/').next().unwrap_or_default().len();
    let directory = path.get(..path.len() - file(path)).unwrap_or_default();
    let program = program.get(program.len() - file(program)..).unwrap_or_default();
    format!("{directory}{program}")
}
