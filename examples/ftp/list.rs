//! `ls` and `stat`.

use std::io::{self, Write as _};

use ftp_client::{Client, Entry, EntryKind, Line, ListedTime, PathName, Timestamp};
use ftp_examples::{JsonEntry, json_line};
use serde::Serialize;
use serde_json::json;

use crate::connect::{leave, log_in};
use crate::manage::can_enter;
use crate::options::Connection;
use crate::shown::shown;
use crate::trouble::Trouble;
use crate::url::Url;

/// Lists a directory, line by line as it comes.
pub(crate) async fn ls(connection: &Connection, url: &Url, json: bool) -> Result<(), Trouble> {
    let mut client = log_in(connection, url).await?;
    print_listing(&mut client, url.path_bytes(), json).await?;
    leave(client).await;
    Ok(())
}

/// Lists a directory on standard output; an empty path is the working directory.
pub(crate) async fn print_listing(
    client: &mut Client,
    path: &[u8],
    json: bool,
) -> Result<(), Trouble> {
    let mut listing = client.list(path).await?;
    let mut out = io::stdout().lock();
    while let Some(line) = listing.next().await {
        match line? {
            Line::Entry(entry) if entry.kind.is_dot() => {}
            Line::Entry(entry) if json => writeln!(out, "{}", as_json(&JsonEntry::from(&entry))?)?,
            Line::Entry(entry) => writeln!(out, "{}", for_people(&entry))?,
            Line::Unparsed(line) if json => {
                let line = json!({ "unparsed": String::from_utf8_lossy(&line) });
                writeln!(out, "{}", as_json(&line)?)?;
            }
            Line::Unparsed(line) => writeln!(out, "? {}", shown(&line))?,
            _ => {}
        }
    }
    listing.finish().await?;
    Ok(())
}

/// Shows what is known of one file.
pub(crate) async fn stat(connection: &Connection, url: &Url, json: bool) -> Result<(), Trouble> {
    let mut client = log_in(connection, url).await?;
    let here = PathName::new(".")?;
    print_facts(&mut client, url.path.as_ref().unwrap_or(&here), json).await?;
    leave(client).await;
    Ok(())
}

/// Prints what is known of one file.
pub(crate) async fn print_facts(
    client: &mut Client,
    path: &PathName,
    json: bool,
) -> Result<(), Trouble> {
    let entry = inspect(client, path).await?;
    println!(
        "{}",
        if json {
            as_json(&JsonEntry::from(&entry))?
        } else {
            for_people(&entry)
        }
    );
    Ok(())
}

/// What the server knows of one file: by MLST; else by SIZE and MDTM for a file, and by entering
/// it for a directory.
async fn inspect(client: &mut Client, path: &PathName) -> Result<Entry, Trouble> {
    match client.facts(path).await {
        Ok(mut entry) => {
            entry.name = last_component(path);
            return Ok(entry);
        }
        Err(error) if error.is_not_implemented() => {}
        Err(error) => return Err(error.into()),
    }
    let size = client.size(path).await;
    let mut entry = Entry::new(last_component(path), EntryKind::File);
    match size {
        Ok(size) => entry.size = Some(size),
        Err(error) if error.is_closed() => return Err(error.into()),
        Err(_) if can_enter(client, path).await? => entry.kind = EntryKind::Directory,
        Err(error) => return Err(error.into()),
    }
    entry.modified = client.modified(path).await.ok().map(ListedTime::Utc);
    Ok(entry)
}

fn as_json(value: &impl Serialize) -> Result<String, Trouble> {
    json_line(value).map_err(|error| Trouble::new(error.to_string()))
}

fn last_component(path: &PathName) -> PathName {
    let bytes = path.as_bytes();
    let name = bytes
        .rsplit(|&byte| byte == b'/')
        .find(|part| !part.is_empty());
    name.and_then(|name| PathName::new(name).ok())
        .unwrap_or_else(|| path.clone())
}

fn for_people(entry: &Entry) -> String {
    let kind = match entry.kind {
        EntryKind::File => '-',
        EntryKind::Link => 'l',
        EntryKind::Other => '?',
        _ => 'd',
    };
    let size = entry
        .size
        .map_or_else(|| "-".into(), |size| size.to_string());
    let modified = entry
        .modified
        .map_or_else(String::new, |time| minute(time.assume_utc()));
    let mut line = format!(
        "{kind} {size:>13} {modified:<16} {}",
        shown(entry.name.as_bytes())
    );
    if let Some(target) = &entry.target {
        line.push_str(" -> ");
        line.push_str(&shown(target.as_bytes()));
    }
    line
}

fn minute(time: Timestamp) -> String {
    let text = time.rfc3339().to_string();
    text.get(..16).unwrap_or(&text).replace('T', " ")
}
