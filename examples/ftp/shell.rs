//! `open`: an interactive session.

use ftp_client::Client;
use ftp_client::PathName;
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use crate::connect::{leave, log_in};
use crate::options::{Connection, GetOptions, PutOptions};
use crate::shown::shown;
use crate::trouble::Trouble;
use crate::url::Url;
use crate::{list, manage, transfer};

const HELP: &str = "\
ls [PATH]            list a directory
cd PATH              change the working directory
pwd                  show the working directory
lcd PATH             change the local directory
get PATH [LOCAL]     download a file        reget: resume
put LOCAL [PATH]     upload a file          reput: resume, append: add to the end
rm PATH              remove a file          rm -r: a tree
mkdir PATH           make a directory       mkdir -p: with its parents
rmdir PATH           remove an empty directory
mv FROM TO           rename
stat PATH            show what is known of a file
raw COMMAND          send a command as it is
quit                 say goodbye";

/// Reads commands until the end of the input or `quit`.
pub(crate) async fn open(connection: &Connection, url: &Url) -> Result<(), Trouble> {
    let mut client = log_in(connection, url).await?;
    if let Some(path) = &url.path {
        client.change_directory(path).await?;
    }
    let mut editor = DefaultEditor::new().map_err(|error| Trouble::new(error.to_string()))?;
    loop {
        let line = match editor.readline("ftp> ") {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(Trouble::new(error.to_string())),
        };
        let words = match shell_words::split(&line) {
            Ok(words) => words,
            Err(error) => {
                eprintln!("error: {error}");
                continue;
            }
        };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if words.is_empty() {
            continue;
        }
        // Without a history the session is as good.
        let _ = editor.add_history_entry(&line);
        if matches!(words.as_slice(), ["quit" | "exit" | "bye"]) {
            break;
        }
        if let Err(trouble) = execute(&mut client, connection, &words).await {
            eprintln!("error: {trouble}");
            if client.is_closed() {
                return Err(Trouble::new("the session is over"));
            }
        }
    }
    leave(client).await;
    Ok(())
}

async fn execute(
    client: &mut Client,
    connection: &Connection,
    words: &[&str],
) -> Result<(), Trouble> {
    let ascii = connection.ascii;
    let get = |resume| GetOptions {
        resume,
        ..GetOptions::default()
    };
    let put = |resume, append| PutOptions {
        resume,
        append,
        ..PutOptions::default()
    };
    match *words {
        ["help" | "?"] => println!("{HELP}"),
        ["ls" | "dir"] => list::print_listing(client, b"", false).await?,
        ["ls" | "dir", path] => {
            list::print_listing(client, path.as_bytes(), false).await?;
        }
        ["cd", path] => client.change_directory(path).await?,
        ["pwd"] => println!("{}", shown(client.working_directory().await?.as_bytes())),
        ["lcd", path] => {
            std::env::set_current_dir(path).map_err(|error| Trouble::local(path, &error))?;
        }
        [verb @ ("get" | "reget"), path] => {
            transfer::download(
                client,
                &PathName::new(path)?,
                None,
                get(verb == "reget"),
                ascii,
            )
            .await?;
        }
        [verb @ ("get" | "reget"), path, local] => {
            let path = PathName::new(path)?;
            transfer::download(client, &path, Some(local), get(verb == "reget"), ascii).await?;
        }
        [verb @ ("put" | "reput" | "append"), local] => {
            let how = put(verb == "reput", verb == "append");
            transfer::upload(client, local, None, how, ascii).await?;
        }
        [verb @ ("put" | "reput" | "append"), local, path] => {
            let how = put(verb == "reput", verb == "append");
            transfer::upload(client, local, Some(&PathName::new(path)?), how, ascii).await?;
        }
        ["rm", "-r", path] => manage::remove_tree(client, &PathName::new(path)?).await?,
        ["rm", path] => client.remove_file(path).await?,
        ["mkdir", "-p", path] => manage::make_all(client, &PathName::new(path)?).await?,
        ["mkdir", path] => drop(client.make_directory(path).await?),
        ["rmdir", path] => client.remove_directory(path).await?,
        ["mv", from, to] => client.rename(from, to).await?,
        ["stat", path] => list::print_facts(client, &PathName::new(path)?, false).await?,
        ["raw", ref command @ ..] if !command.is_empty() => {
            manage::print_reply(&client.raw(command.join(" ")).await?);
        }
        _ => return Err(Trouble::new("unknown command; try help")),
    }
    Ok(())
}
