//! The plant around the bottling line, for the demonstration and the tests.

use bottling_line::plant::{address, broker, camera, field, people, safety, signing};
use bottling_line::registers::{Register, Span};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

const USAGE: &str = "\
usage: plant PART [OPTIONS]
  serve   [--no-field] [--no-broker] [--operate]   filler, safety controller, camera, broker; sends
                                                   the demo recipe as soon as someone takes it
  field   [--listen ADDRESS] [--malformed-after N] the filler's controller (Modbus TCP)
  safety  [--to ADDRESS] [--inputs 0..7] [--count N]  reports of the safety controller (UDP)
  camera  [--to ADDRESS] [--defects PERCENT]       pictures (UDP)
  broker  [--listen ADDRESS] [--quiet]             the cloud's broker (MQTT 3.1.1)
  cloud   [--broker ADDRESS] [--topic T] [--request LINE] [--count N]
                                                   prints shift figures, or sends one request
  mes     [--to ADDRESS] [--version N] [--signers A,B] [--set REGISTER=MIN..MAX] [--print]
                                                   signs a recipe with demo keys and sends it
  panel   [--to ADDRESS]                           the operator's terminal
  vendor  [--to ADDRESS]                           the vendor's terminal
";

struct Options(Vec<String>);

impl Options {
    /// Removes a flag.
    fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    /// Removes an option and gives its value.
    fn value<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, String> {
        let Some(at) = self.0.iter().position(|word| word == name) else {
            return Ok(None);
        };
        self.0.remove(at);
        if at >= self.0.len() {
            return Err(format!("{name} needs a value"));
        }
        let text = self.0.remove(at);
        text.parse()
            .map(Some)
            .map_err(|_| format!("`{text}` is not a value of {name}"))
    }

    fn address(&mut self, name: &str, default: &str) -> Result<SocketAddr, String> {
        let fallback = || {
            default
                .parse()
                .map_err(|_| format!("`{default}` is not an address"))
        };
        self.value(name)?.map_or_else(fallback, Ok)
    }

    fn end(self) -> Result<(), String> {
        self.0.first().map_or(Ok(()), |word| {
            Err(format!("`{word}` is not an option here"))
        })
    }
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let part = words.next().unwrap_or_default();
    match run(&part, Options(words.collect())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("plant {part}: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(part: &str, mut options: Options) -> Result<(), String> {
    let done = match part {
        "serve" => return serve(options),
        "mes" => return mes(options),
        "field" => {
            let listen = options.address("--listen", address::FIELD)?;
            let malformed_after = options.value("--malformed-after")?;
            options.end()?;
            field::run(listen, malformed_after)
        }
        "safety" => {
            let to = options.address("--to", address::SAFETY)?;
            let inputs = options.value("--inputs")?.unwrap_or(7);
            let count = options.value("--count")?;
            options.end()?;
            safety::run(to, inputs, count)
        }
        "camera" => {
            let to = options.address("--to", address::CAMERA)?;
            let defects = options.value("--defects")?.unwrap_or(3);
            options.end()?;
            camera::run(to, defects)
        }
        "broker" => {
            let listen = options.address("--listen", address::BROKER)?;
            let quiet = options.flag("--quiet");
            options.end()?;
            broker::run(listen, quiet)
        }
        "cloud" => {
            let at = options.address("--broker", address::BROKER)?;
            let topic = options
                .value("--topic")?
                .unwrap_or_else(|| "bottling/line-1".to_owned());
            let request = options.value::<String>("--request")?;
            let count = options.value("--count")?;
            options.end()?;
            broker::cloud(at, &topic, request.as_deref(), count)
        }
        "panel" | "vendor" => {
            let default = if part == "panel" {
                address::PANEL
            } else {
                address::VENDOR
            };
            let to = options.address("--to", default)?;
            options.end()?;
            people::terminal(to)
        }
        _ => return Err(format!("there is no such part\n{USAGE}")),
    };
    done.map_err(|error| error.to_string())
}

fn mes(mut options: Options) -> Result<(), String> {
    let to = options.address("--to", address::MES)?;
    let mut recipe = signing::demo_recipe(options.value("--version")?.unwrap_or(1));
    let signers = options
        .value("--signers")?
        .unwrap_or_else(|| "anna,bert".to_owned());
    while let Some(change) = options.value::<String>("--set")? {
        let (name, span) = change
            .split_once('=')
            .ok_or("--set needs REGISTER=MIN..MAX")?;
        let register = Register::find(name).ok_or_else(|| format!("`{name}` is no register"))?;
        let span = Span::parse(span).ok_or_else(|| format!("`{span}` is not MIN..MAX"))?;
        recipe = signing::with_span(recipe, register, span);
    }
    let print = options.flag("--print");
    options.end()?;
    let people: Vec<&str> = signers.split(',').collect();
    if let Some(stranger) = people.iter().find(|name| !signing::PEOPLE.contains(name)) {
        return Err(format!(
            "`{stranger}` has no demo key; there are {:?}",
            signing::PEOPLE
        ));
    }
    let file = signing::file(&recipe, &people);
    if print {
        print!("{file}");
        return Ok(());
    }
    let answer = people::send_recipe(to, &file).map_err(|error| error.to_string())?;
    println!("{answer}");
    if answer.starts_with("passed on") {
        Ok(())
    } else {
        Err("the recipe was refused".to_owned())
    }
}

/// A part that runs until it fails.
type Part = Box<dyn FnOnce() -> std::io::Result<()> + Send>;

fn serve(mut options: Options) -> Result<(), String> {
    let (no_field, no_broker) = (options.flag("--no-field"), options.flag("--no-broker"));
    let operate = options.flag("--operate");
    options.end()?;
    let at = |text: &str| {
        text.parse()
            .map_err(|_| format!("`{text}` is not an address"))
    };
    let (field_at, broker_at) = (at(address::FIELD)?, at(address::BROKER)?);
    let (safety_at, camera_at) = (at(address::SAFETY)?, at(address::CAMERA)?);
    let (mes_at, panel_at): (SocketAddr, SocketAddr) = (at(address::MES)?, at(address::PANEL)?);
    let mut parts: Vec<Part> = vec![
        Box::new(move || safety::run(safety_at, 7, None)),
        Box::new(move || camera::run(camera_at, 3)),
        Box::new(move || {
            let file = signing::file(&signing::demo_recipe(1), &["anna", "bert"]);
            loop {
                match people::send_recipe(mes_at, &file) {
                    Ok(answer) if !answer.is_empty() => {
                        println!("mes: {answer}");
                        return Ok(());
                    }
                    _ => std::thread::sleep(Duration::from_secs(1)),
                }
            }
        }),
    ];
    if !no_field {
        parts.push(Box::new(move || field::run(field_at, None)));
    }
    if !no_broker {
        parts.push(Box::new(move || broker::run(broker_at, false)));
    }
    if operate {
        parts.push(Box::new(move || {
            people::operate(panel_at);
            Ok(())
        }));
    }
    let (failed, failures) = std::sync::mpsc::channel();
    for part in parts {
        let failed = failed.clone();
        std::thread::spawn(move || {
            if let Err(error) = part() {
                let _ = failed.send(error.to_string());
            }
        });
    }
    drop(failed);
    failures.recv().map_or(Ok(()), Err)
}
