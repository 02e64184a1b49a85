//! Each command: ask, show, answer with an exit code.

use crate::arguments::{Arguments, Command};
use crate::format::Format;
use crate::{live, patience, show};
use app::log::{self, End};
use app::model_file::ModelFile;
use app::{
    Exit, Failure, check, codes, convert, devices, documents, files, plans, programs, second,
};
use clap::CommandFactory;
use record::Digest;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

type Answer = Result<Exit, Failure>;

/// Does one thing.
pub fn perform(command: Command) -> Answer {
    in_a_fitting_format(&command)?;
    match command {
        Command::Check {
            file,
            format,
            certificates,
            without,
        } => check(&file, format, certificates.as_deref(), &without),
        Command::Plan {
            file,
            output,
            programs,
            format,
        } => plan(&file, output.as_deref(), &programs, format),
        Command::LintPlan { file, plan, format } => lint_plan(&file, &plan, format),
        Command::Recheck {
            file,
            certificates,
            format,
        } => recheck(&file, &certificates, format),
        Command::Run {
            file,
            time,
            events,
            end_to_syslog,
            programs,
            state,
            format,
        } => {
            let request = live::Request {
                time,
                events,
                end_to_syslog,
                state,
                format,
            };
            run(&file, &programs, request)
        }
        Command::Status {
            system,
            watch,
            check,
            format,
        } => {
            let manner = match (watch, check) {
                (true, _) => live::Manner::Watch,
                (false, true) => live::Manner::Check,
                (false, false) => live::Manner::Once,
            };
            live::status(system.as_deref(), manner, format)
        }
        Command::Audit { system, format } => live::audit(&system, format),
        Command::Types {
            file,
            output,
            format,
        } => types(&file, output.as_deref(), format),
        Command::Convert {
            file,
            to,
            output,
            format,
        } => convert(&file, to.into(), output.as_deref(), format),
        Command::Explain { code, format } => explain(&code, format),
        Command::Events {
            files,
            after,
            format,
        } => events(&files, after, format),
        #[cfg(feature = "maturity")]
        Command::Maturity { common, command } => crate::maturity::perform(*common, *command),
        #[cfg(feature = "maturity")]
        Command::Ledger {
            ledger,
            format,
            command,
        } => crate::maturity::ledger(&ledger, format, command),
        #[cfg(not(feature = "maturity"))]
        Command::Maturity { .. } => Err(Failure::unusable(
            "built-without",
            "this program was built without the ledger, as `cargo demo` does",
            "build all of it with `cargo xtask build`",
        )),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "bulkhead", &mut script);
            show::people(&String::from_utf8_lossy(&script));
            Ok(Exit::Good)
        }
    }
}

/// SARIF is for findings in a text.
fn in_a_fitting_format(command: &Command) -> Result<(), Failure> {
    let has_sarif = matches!(
        command,
        Command::Check { .. } | Command::Plan { .. } | Command::Types { .. }
    );
    if command.format() == Format::Sarif && !has_sarif {
        return Err(Failure::unusable(
            "sarif-elsewhere",
            "`--format sarif` is for findings in a model's text",
            "use it with `bulkhead check`, `bulkhead plan` or `bulkhead types`, or take `--format json`",
        ));
    }
    Ok(())
}

/// Reads a model; if its text has faults, shows them and answers why not.
fn usable(path: &Path, format: Format) -> Result<Result<ModelFile, Exit>, Failure> {
    Ok(without_faults(ModelFile::read(path)?, format))
}

/// The same of a model that was read.
fn without_faults(file: ModelFile, format: Format) -> Result<ModelFile, Exit> {
    if file.is_usable() {
        return Ok(file);
    }
    show::faults(&file, &file.diagnostics, format);
    Err(Exit::Unusable)
}

fn check(path: &Path, format: Format, certificates: Option<&Path>, without: &[String]) -> Answer {
    let file = match usable(path, format)? {
        Ok(file) => file,
        Err(exit) => return Ok(exit),
    };
    let judged = judge(file, without, None)?;
    let (file, checked) = judged.ok_or_else(|| Failure::internal("the model was not judged"))?;
    if let Some(path) = certificates {
        files::write(
            path,
            &check::verdict_bytes(&checked.verdicts),
            &[&file.path],
        )?;
    }
    show::checked(&file, &checked, format);
    Ok(checked.exit())
}

/// Judges a model, which may take long; none if it was asked to stop meanwhile.
fn judge(
    file: ModelFile,
    without: &[String],
    stop: Option<&AtomicBool>,
) -> Result<Option<(ModelFile, check::Checked)>, Failure> {
    let requirements = show::count(file.model.requirements.len(), "requirement");
    let without = without.to_vec();
    let judged = patience::wait(&format!("judging {requirements}"), stop, move || {
        let checked = check::check_without(&file, &without)?;
        Ok((file, checked))
    })?;
    judged.transpose()
}

fn plan(path: &Path, output: Option<&Path>, programs: &[PathBuf], format: Format) -> Answer {
    programs::given(programs)?;
    let file = match usable(path, format)? {
        Ok(file) => file,
        Err(exit) => return Ok(exit),
    };
    let plan = match plans::make_linted(&file, programs) {
        Ok(plan) => plan?,
        Err(diagnostics) => {
            show::faults(&file, &diagnostics, format);
            return Ok(Exit::Unusable);
        }
    };
    show::print_diagnostics(&file, &devices::aliases(&file));
    match output {
        Some(path) => files::write(path, &plan.bytes(), &[&file.path])?,
        None => show::people(&String::from_utf8_lossy(&plan.bytes())),
    }
    Ok(Exit::Good)
}

/// Findings shown of a plan that was made from another model.
const FOREIGN_FINDINGS_MAX: usize = 5;

fn lint_plan(path: &Path, plan: &Path, format: Format) -> Answer {
    let file = match usable(path, format)? {
        Ok(file) => file,
        Err(exit) => return Ok(exit),
    };
    let plan = plans::read(plan)?;
    let findings = second::lint(&file, &plan);
    match format {
        Format::Text if findings.is_empty() => show::people(&format!(
            "plan {} is what model {} asks for; not compared: directories, sizes \
             and digests of programs\n",
            plan.digest().short(),
            plan.core.model.short()
        )),
        Format::Text => {
            // Of a plan for something else the single differences tell little.
            let most = if findings.iter().any(|finding| finding.code == "wrong-model") {
                show::people("the plan was made from another model than this\n");
                FOREIGN_FINDINGS_MAX
            } else {
                findings.len()
            };
            for finding in findings.iter().take(most) {
                show::people(&format!(
                    "finding[{}]: {}\n",
                    finding.code,
                    show::printable(&plans::say(finding))
                ));
            }
            if let more @ 1.. = findings.len().saturating_sub(most) {
                show::people(&format!("and {more} more, all with `--format json`\n"));
            }
            show::people(&format!("help: {}\n", second::REMAKE));
        }
        Format::Json | Format::Sarif => show::machine(&documents::Lint {
            format: "bulkhead.lint/1",
            plan: plan.digest(),
            model: file.model.digest(),
            findings: findings.clone(),
        }),
    }
    Ok(if findings.is_empty() {
        Exit::Good
    } else {
        Exit::Unmet
    })
}

/// Exit code 0 if every claim is proved, 1 if the verdicts are right but not every claim holds, 2 if
/// they are not right.
fn recheck(path: &Path, certificates: &Path, format: Format) -> Answer {
    let file = match usable(path, format)? {
        Ok(file) => file,
        Err(exit) => return Ok(exit),
    };
    let report = second::certificates(&file, certificates)?;
    match (&report.fault, format) {
        (Some(fault), Format::Text) => {
            return Err(Failure::unusable(
                "certificates-unusable",
                format!("`{}` cannot be used: {fault}", certificates.display()),
                "make it again with `bulkhead check FILE --certificates CERTIFICATES`",
            ));
        }
        (None, Format::Text) => show::rechecked(&report),
        (_, Format::Json | Format::Sarif) => show::machine(&report),
    }
    Ok(match (report.accepted, report.proved) {
        (true, true) => Exit::Good,
        (true, false) => Exit::Unmet,
        (false, _) => Exit::Unusable,
    })
}

fn run(path: &Path, programs: &[PathBuf], request: live::Request) -> Answer {
    programs::given(programs)?;
    let stop = live::asked_to_stop()?;
    let file = match usable(path, request.format)? {
        Ok(file) => file,
        Err(exit) => return Ok(exit),
    };
    let Some((file, checked)) = judge(file, &[], Some(&stop))? else {
        return Ok(live::not_started());
    };
    if checked.exit() != Exit::Good {
        show::checked(&file, &checked, request.format);
        show::refusal("the system is not started: not every requirement holds");
        return Ok(checked.exit());
    }
    match plans::make_linted(&file, programs) {
        Ok(plan) => {
            show::print_diagnostics(&file, &devices::aliases(&file));
            live::run(&file, &plan?, &request, &stop)
        }
        Err(diagnostics) => {
            show::faults(&file, &diagnostics, request.format);
            Ok(Exit::Unusable)
        }
    }
}

fn types(path: &Path, output: Option<&Path>, format: Format) -> Answer {
    let file = match usable(path, format)? {
        Ok(file) => file,
        Err(exit) => return Ok(exit),
    };
    let text = app::model_file::rust_types(&file);
    match output {
        Some(path) => files::write(path, text.as_bytes(), &[&file.path])?,
        None => show::people(&text),
    }
    Ok(Exit::Good)
}

fn convert(path: &Path, to: convert::Form, output: Option<&Path>, format: Format) -> Answer {
    let file = match without_faults(convert::read(path)?, format) {
        Ok(file) => file,
        Err(exit) => return Ok(exit),
    };
    let written = convert::write(&file, to)?;
    match output {
        Some(path) => files::write(path, written.as_bytes(), &[&file.path])?,
        None => show::people(&written),
    }
    Ok(Exit::Good)
}

fn explain(code: &str, format: Format) -> Answer {
    let explained = codes::explain(code)?;
    match format {
        Format::Text => show::explained(&explained),
        Format::Json | Format::Sarif => show::machine(&documents::explanation(&explained)),
    }
    Ok(Exit::Good)
}

fn events(logs: &[PathBuf], after: Option<Digest>, format: Format) -> Answer {
    let verified = log::verify(logs, after)?;
    let good =
        verified.lines.is_ok() && !matches!(verified.after, Some(End::BeginsAfter | End::Missing));
    if format != Format::Text {
        show::machine(&documents::events(&verified));
        return Ok(if good { Exit::Good } else { Exit::Unusable });
    }
    let lines = verified.lines.as_ref().map_err(|fault| {
        let (shown, broken) = (fault.log.display(), &fault.broken);
        if broken.reason == log::OUT_OF_ORDER {
            let message = format!("`{shown}` is not the next log: {}", broken.reason);
            return Failure::unusable("log-not-next", message, "give them in order");
        }
        let message = format!("`{shown}` does not verify: {broken}");
        let help = "it was altered or cut, or is of a newer version: compare copies, and keep it where only the \
                    supervisor writes";
        Failure::unusable("log-altered", message, help)
    })?;
    let shown: Vec<String> = logs
        .iter()
        .map(|log| format!("`{}`", log.display()))
        .collect();
    let (shown, end) = (shown.join(", "), after.unwrap_or_default());
    match verified.after {
        Some(End::Missing) => {
            let last = verified.last;
            return Err(Failure::unusable(
                "log-not-after",
                format!("{shown} does not go on from the end {end}"),
                format!("it was cut, replaced, or is another run's; its last hash is {last}"),
            ));
        }
        Some(End::BeginsAfter) => {
            return Err(Failure::unusable(
                "log-begins-after",
                format!("{shown} says that it begins after the end {end}, which any log can say"),
                "give the log that holds that end, too, before it: `bulkhead events OLDER NEWER --after HASH`",
            ));
        }
        Some(End::Contained) | None => {}
    }
    let lines = show::count(usize::try_from(*lines).unwrap_or(usize::MAX), "line");
    show::people(&format!("{lines} intact, last hash {}\n", verified.last));
    if !verified.ended {
        show::people("the log does not end with the end of a run: it goes on, or was cut\n");
    }
    Ok(Exit::Good)
}
