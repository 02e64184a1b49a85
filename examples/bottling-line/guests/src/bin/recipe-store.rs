//! Keeps the current recipe across restarts and gives it to the guard and the panel.

use bottling_line::messages::Recipe;
use bottling_line::store::{Store, encode};
use guest::{Error, Grant, Subject};
use std::io::{Read, Write};

guest::main!(run);

fn run(mut subject: Subject) -> Result<(), Error> {
    let mut import = subject.input::<Recipe>("import")?;
    let mut guard = subject.output::<Recipe>("guard")?;
    let mut panel = subject.output::<Recipe>("panel")?;
    let Grant::Append {
        mut file,
        quota_bytes,
    } = subject.grant("recipe-file")?
    else {
        return Err(Error::new(
            "wrong-grant",
            "recipe-file",
            "must be a file to append to",
        ));
    };
    let failed = |error| Error::new("file", "recipe-file", error);
    let mut store = Store::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => break,
            count => store.read_back(buffer.get(..count).unwrap_or_default()),
        }
        subject.beat();
    }
    file.write_all(&store.repair()).map_err(failed)?;
    match &store.current {
        Some(recipe) => subject.log(format_args!("recipe {} {}", recipe.name, recipe.version)),
        None => subject.log("no recipe yet: no set point will pass"),
    }
    subject.every(|subject, _| {
        for arrival in import.drain() {
            let recipe = arrival.value;
            if !store.is_newer(&recipe) {
                subject.log(format_args!(
                    "version {} is not above the current",
                    recipe.version
                ));
            } else if !store.has_room(quota_bytes) {
                subject.log("the file is full: the recipe is not taken");
            } else {
                file.write_all(&encode(&recipe)).map_err(failed)?;
                subject.log(format_args!("recipe {} {}", recipe.name, recipe.version));
                store.wrote(recipe);
            }
        }
        if let Some(recipe) = &store.current {
            let _ = guard.send(recipe);
            let _ = panel.send(recipe);
        }
        Ok(())
    })
}
