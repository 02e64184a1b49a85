//! The command line: it asks `app` and shows the answer.

mod arguments;
mod commands;
mod format;
mod help;
mod live;
#[cfg(feature = "maturity")]
mod maturity;
mod patience;
mod show;
mod style;

use app::{Exit, Failure, documents};
use clap::Parser;
use format::Format;
use std::io::IsTerminal;
use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        show::complaint(&format!(
            "bulkhead: internal error at {place}; please report it with the command you gave\n"
        ));
    }));
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers; anything else is input that cannot be used.
            let code = if error.use_stderr() {
                Exit::Unusable
            } else {
                Exit::Good
            };
            if code == Exit::Good {
                show::people(&styled(&error));
                return exit(written(code));
            }
            let _ = error.print();
            if code == Exit::Unusable && wants_json() {
                let message = error.kind().to_string();
                let failure = Failure::unusable("usage", message, "see `bulkhead --help`");
                show::machine(&documents::failed(&failure.with_details(lines_of(&error))));
            }
            return exit(code);
        }
    };
    let format = arguments.command.format();
    let outcome = std::panic::catch_unwind(|| commands::perform(arguments.command));
    let code = match outcome {
        Ok(Ok(code)) => code,
        Ok(Err(failure)) => {
            let failure = help::failure(failure);
            report(&failure);
            // A program that reads the answer gets one, also if it is none.
            if format == Format::Json && !show::has_printed() {
                show::machine(&documents::failed(&failure));
            }
            failure.exit
        }
        Err(_) => Exit::Internal,
    };
    exit(written(code))
}

/// The code, unless all is good and not everything was written.
fn written(code: Exit) -> Exit {
    if !show::output_lost() || code != Exit::Good {
        return code;
    }
    report(&Failure::unusable(
        "output-lost",
        "not everything could be written to standard output",
        "look at the disk or the program that reads it",
    ));
    Exit::Unusable
}

/// Help or version as it is shown where standard output leads.
fn styled(answer: &clap::Error) -> String {
    let text = answer.render();
    match std::io::stdout().is_terminal() {
        true => text.ansi().to_string(),
        false => text.to_string(),
    }
}

/// Whether a command line that makes no sense asks for JSON all the same.
fn wants_json() -> bool {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let two = words.windows(2).any(|pair| pair == ["--format", "json"]);
    two || words.iter().any(|word| word == "--format=json")
}

/// What is wrong with a command line.
fn lines_of(error: &clap::Error) -> Vec<String> {
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

fn exit(code: Exit) -> ExitCode {
    ExitCode::from(code as u8)
}

fn report(failure: &Failure) {
    let style = style::Style::stderr();
    for detail in &failure.details {
        let lines = detail.lines().map(show::printable);
        let lines = lines.collect::<Vec<_>>().join("\n");
        show::complaint(&format!("{lines}\n\n"));
    }
    let message = show::printable(&failure.message);
    show::complaint(&format!("{}: {message}\n", style.red("error")));
    if !failure.help.is_empty() {
        let help = show::printable(&failure.help);
        show::complaint(&format!("  {}: {help}\n", style.bold("help")));
    }
}
