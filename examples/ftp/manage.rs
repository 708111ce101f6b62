//! `rm`, `mkdir`, `mv` and `raw`.

use ftp_client::{Client, EntryKind, Line, PathName, Reply};

use crate::connect::{leave, log_in, path_of};
use crate::options::Connection;
use crate::shown::shown;
use crate::trouble::Trouble;
use crate::url::Url;

/// Removes a file, or a tree.
pub(crate) async fn rm(connection: &Connection, url: &Url, recursive: bool) -> Result<(), Trouble> {
    let mut client = log_in(connection, url).await?;
    let path = path_of(url)?;
    if recursive {
        remove_tree(&mut client, path).await?;
    } else {
        client.remove_file(path).await?;
    }
    leave(client).await;
    Ok(())
}

/// One thing that is still to be removed.
enum Removal {
    /// A directory whose entries come first.
    Tree(PathName),
    /// A directory that is empty by then.
    Directory(PathName),
    File(PathName),
}

/// How deep a tree may be. A directory that claims to hold itself ends here.
const DEEPEST: usize = 128;

/// How many things may be known and not removed yet. An endless listing ends here.
const MOST: usize = 1_000_000;

/// Removes a file, or a directory with everything in it. Links are removed, never followed.
pub(crate) async fn remove_tree(client: &mut Client, root: &PathName) -> Result<(), Trouble> {
    match client.remove_file(root).await {
        Ok(()) => return Ok(()),
        Err(error) if error.is_permanent() => {}
        Err(error) => return Err(error.into()),
    }
    let mut stack = vec![Removal::Tree(root.clone())];
    while let Some(removal) = stack.pop() {
        match removal {
            Removal::File(path) => client.remove_file(&path).await?,
            Removal::Directory(path) => client.remove_directory(&path).await?,
            Removal::Tree(path) => {
                if depth_below(root, path.as_bytes()) > DEEPEST {
                    return Err(Trouble::new(format!("{root} is too deep to be removed")));
                }
                let entries = entries_of(client, &path).await?;
                stack.push(Removal::Directory(path));
                stack.extend(entries);
            }
        }
    }
    Ok(())
}

/// How many directories lie between the root and a path below it.
fn depth_below(root: &PathName, path: &[u8]) -> usize {
    let below = path.get(root.as_bytes().len()..).unwrap_or_default();
    below
        .split(|byte| *byte == b'/')
        .filter(|part| !part.is_empty())
        .count()
}

async fn entries_of(client: &mut Client, directory: &PathName) -> Result<Vec<Removal>, Trouble> {
    let mut removals = Vec::new();
    let mut listing = client.list(directory).await?;
    while let Some(line) = listing.next().await {
        if removals.len() >= MOST {
            return Err(Trouble::new(format!(
                "{directory} holds too much to be removed"
            )));
        }
        match line? {
            Line::Entry(entry) if entry.kind.is_dot() => {}
            Line::Entry(entry) => {
                // A name with a slash in it could lead out of the directory.
                if entry.safe_name().is_none() {
                    return Err(Trouble::new(format!("won't remove {:?}", entry.name)));
                }
                let path = directory.join(&entry.name);
                removals.push(match entry.kind {
                    EntryKind::Directory => Removal::Tree(path),
                    _ => Removal::File(path),
                });
            }
            Line::Unparsed(line) => {
                let line = shown(&line);
                return Err(Trouble::new(format!(
                    "can't read the listing line \"{line}\""
                )));
            }
            _ => {}
        }
    }
    listing.finish().await?;
    Ok(removals)
}

/// Makes a directory, with its parents if asked for.
pub(crate) async fn mkdir(
    connection: &Connection,
    url: &Url,
    parents: bool,
) -> Result<(), Trouble> {
    let mut client = log_in(connection, url).await?;
    let path = path_of(url)?;
    if parents {
        make_all(&mut client, path).await?;
    } else {
        client.make_directory(path).await?;
    }
    leave(client).await;
    Ok(())
}

/// Makes a directory and its parents. Which of them were there already, a server only tells by
/// refusing; so the last refusal is asked about by entering the directory.
pub(crate) async fn make_all(client: &mut Client, path: &PathName) -> Result<(), Trouble> {
    let bytes = path.as_bytes();
    let ends = (1..bytes.len())
        .filter(|&end| bytes.get(end) == Some(&b'/'))
        .chain([bytes.len()]);
    let mut refusal = None;
    for end in ends {
        let Some(prefix) = bytes.get(..end).filter(|prefix| !prefix.ends_with(b"/")) else {
            continue;
        };
        refusal = client.make_directory(&PathName::new(prefix)?).await.err();
        if refusal.as_ref().is_some_and(ftp_client::Error::is_closed) {
            break;
        }
    }
    match refusal {
        Some(error) if error.is_closed() || !can_enter(client, path).await? => Err(error.into()),
        _ => Ok(()),
    }
}

/// Whether a path is a directory: one can enter it, and come back.
pub(crate) async fn can_enter(client: &mut Client, path: &PathName) -> Result<bool, Trouble> {
    let Ok(home) = client.working_directory().await else {
        return Ok(false);
    };
    if client.change_directory(path).await.is_err() {
        return Ok(false);
    }
    client.change_directory(&home).await?;
    Ok(true)
}

/// Renames.
pub(crate) async fn mv(connection: &Connection, url: &Url, to: &str) -> Result<(), Trouble> {
    let mut client = log_in(connection, url).await?;
    client.rename(path_of(url)?, to).await?;
    leave(client).await;
    Ok(())
}

/// Sends commands one by one and prints the replies. A refusal is an answer, not a failure of the
/// rest; it decides the exit status.
pub(crate) async fn raw(
    connection: &Connection,
    url: &Url,
    commands: &[String],
) -> Result<(), Trouble> {
    let mut client = log_in(connection, url).await?;
    if let Some(path) = &url.path {
        client.change_directory(path).await?;
    }
    let mut refused = None;
    for command in commands {
        match client.raw(command).await {
            Ok(reply) => print_reply(&reply),
            Err(error) => {
                let Some(reply) = error.reply().filter(|_| !error.is_closed()) else {
                    return Err(error.into());
                };
                print_reply(reply);
                refused = Some(error);
            }
        }
    }
    leave(client).await;
    refused.map_or(Ok(()), |error| Err(error.into()))
}

pub(crate) fn print_reply(reply: &Reply) {
    let Some((last, first)) = reply.lines().split_last() else {
        return;
    };
    for line in first {
        println!("{}-{}", reply.code(), shown(line));
    }
    println!("{} {}", reply.code(), shown(last));
}
