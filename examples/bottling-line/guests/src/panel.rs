//! Core of `hmi` and `vendor-session`: what people type, and how registers read.

use crate::guard::{ENABLE_MIN_MAX, Wish};
use crate::registers::{Register, number};

/// Most bytes of a line that people type.
pub const LINE_BYTES_MAX: usize = 128;

/// A line typed at the operator panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Live values.
    Show,
    /// Live values every second until the next line.
    Watch,
    /// Trends and figures.
    Trend,
    /// The current recipe.
    Recipe,
    /// The last alarms.
    Alarms,
    /// Who is at the panel.
    Name(String),
    /// Something for the guard.
    Wish(Wish),
    /// The list of commands.
    Help,
    /// Goodbye.
    Quit,
}

/// What can be typed at the panel.
pub const PANEL_HELP: &str = "\
show                     live values            watch        the same every second
trend                    trends and figures     recipe       the current recipe
alarms                   the last alarms        name NAME    who is at the panel
set REGISTER VALUE       a set point            help  quit
remote on MINUTES | off  let cloud and vendor ask for set points (at most 30 minutes)
registers: fill-volume-ml filler-speed-bph temperature-dc pressure-mbar conveyor-speed-mms capping-torque-cnm
";

/// Reads a line typed at the panel.
///
/// # Errors
/// What is wrong with it.
pub fn command(line: &str) -> Result<Command, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["show"] => Ok(Command::Show),
        ["watch"] => Ok(Command::Watch),
        ["trend"] => Ok(Command::Trend),
        ["recipe"] => Ok(Command::Recipe),
        ["alarms"] => Ok(Command::Alarms),
        ["help"] => Ok(Command::Help),
        ["quit"] => Ok(Command::Quit),
        ["name", name] => Ok(Command::Name((*name).chars().take(16).collect())),
        ["set", rest @ ..] => set_point(rest).map(Command::Wish),
        ["remote", "off"] => Ok(Command::Wish(Wish::DisableRemote)),
        ["remote", "on", minutes] => number(minutes)
            .and_then(|minutes| u8::try_from(minutes).ok())
            .filter(|minutes| (1..=ENABLE_MIN_MAX).contains(minutes))
            .map(|minutes| Command::Wish(Wish::EnableRemote { minutes }))
            .ok_or_else(|| format!("`{minutes}` is not 1 to {ENABLE_MIN_MAX} minutes")),
        _ => Err("not a command; type help".to_owned()),
    }
}

/// Reads `REGISTER VALUE`.
///
/// # Errors
/// What is wrong with it.
pub fn set_point(words: &[&str]) -> Result<Wish, String> {
    let [name, value] = words else {
        return Err("write: set REGISTER VALUE".to_owned());
    };
    let register = Register::find(name).ok_or_else(|| format!("`{name}` is not a register"))?;
    let value = number(value).ok_or_else(|| format!("`{value}` is not a number up to 65535"))?;
    Ok(Wish::Set {
        register: register.index(),
        value,
    })
}

/// A line from the cloud or the vendor: `set REGISTER VALUE` and nothing else.
///
/// # Errors
/// What is wrong with it.
pub fn remote_request(line: &str) -> Result<(Register, u16), String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["set", rest @ ..] => match set_point(rest)? {
            Wish::Set { register, value } => Register::at(register)
                .map(|register| (register, value))
                .ok_or_else(|| "no such register".to_owned()),
            Wish::EnableRemote { .. } | Wish::DisableRemote => Err("not a set point".to_owned()),
        },
        _ => Err("only set points can be asked for".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines() {
        assert_eq!(command(" show "), Ok(Command::Show));
        let wish = Wish::Set {
            register: 0,
            value: 505,
        };
        assert_eq!(command("set fill-volume 505"), Ok(Command::Wish(wish)));
        let enable = Wish::EnableRemote { minutes: 30 };
        assert_eq!(command("remote on 30"), Ok(Command::Wish(enable)));
        assert_eq!(
            remote_request("set pressure-mbar 1200"),
            Ok((Register::Pressure, 1200))
        );
    }

    #[test]
    fn wrong_lines() {
        for line in [
            "",
            "shows",
            "set",
            "set fill 1",
            "set fill-volume x",
            "set fill-volume 65536",
            "set fill-volume 1 2",
            "remote on 0",
            "remote on 31",
            "remote on",
            "remote",
        ] {
            assert!(command(line).is_err(), "{line}");
        }
        for line in ["", "show", "remote on 5", "name x", "set fill-volume -1"] {
            assert!(remote_request(line).is_err(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_survived(line in "(set |remote on |name )?\\PC{0,40}") {
            if let Ok(Command::Wish(Wish::EnableRemote { minutes })) = command(&line) {
                prop_assert!((1..=30).contains(&minutes));
            }
            let _ = remote_request(&line);
        }
    }
}
