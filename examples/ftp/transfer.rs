//! `get` and `put`.

use std::path::{Path, PathBuf};

use ftp_client::{
    Client, DownloadFileOptions, DownloadOptions, FileReport, PathName, UploadFileOptions,
    UploadMode, UploadOptions,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};

use crate::connect::{leave, log_in, path_of};
use crate::options::{Connection, GetOptions, PutOptions};
use crate::progress::Bar;
use crate::shown::shown;
use crate::trouble::Trouble;
use crate::url::Url;

/// Downloads a file to a local one or to standard output.
pub(crate) async fn get(
    connection: &Connection,
    url: &Url,
    local: Option<String>,
    how: GetOptions,
) -> Result<(), Trouble> {
    let mut client = log_in(connection, url).await?;
    let ascii = connection.ascii || url.ascii;
    download(&mut client, path_of(url)?, local.as_deref(), how, ascii).await?;
    leave(client).await;
    Ok(())
}

/// Downloads a file; `-` is standard output, a directory takes the remote name.
pub(crate) async fn download(
    client: &mut Client,
    path: &PathName,
    local: Option<&str>,
    how: GetOptions,
    ascii: bool,
) -> Result<(), Trouble> {
    if local == Some("-") {
        let mut download = client
            .download_with(path, DownloadOptions::new().with_ascii(ascii))
            .await?;
        let mut out = tokio::io::stdout();
        copy(&mut download, &mut out).await?;
        out.flush().await?;
        download.finish().await?;
        return Ok(());
    }
    let local = local_path(path, local)?;
    let bar = Bar::new(&path.to_string_lossy());
    let options = DownloadFileOptions::new()
        .with_resume(how.resume)
        .with_ascii(ascii)
        .on_progress(move |progress| bar.show(progress));
    let report = client.download_file(path, &local, options).await?;
    if how.verify {
        verify(client, path, &local, &report).await?;
    }
    Ok(())
}

/// Compares the local file with what the server says of the remote one by now.
async fn verify(
    client: &mut Client,
    path: &PathName,
    local: &Path,
    report: &FileReport,
) -> Result<(), Trouble> {
    let there = client.size(path).await?;
    let here = std::fs::metadata(local)?.len();
    if here != there {
        let moved = report.bytes;
        return Err(Trouble::new(format!(
            "{path} has {there} bytes on the server, {here} here ({moved} were transferred)"
        )));
    }
    Ok(())
}

/// Uploads a local file or standard input.
pub(crate) async fn put(
    connection: &Connection,
    local: &str,
    url: &Url,
    how: PutOptions,
) -> Result<(), Trouble> {
    let mut client = log_in(connection, url).await?;
    let path = match &url.path {
        Some(path) if !url.is_directory() => Some(path.clone()),
        Some(directory) => {
            let name = local_name(local)?;
            Some(PathName::new(
                [directory.as_bytes(), name.as_bytes()].concat(),
            )?)
        }
        None => None,
    };
    let ascii = connection.ascii || url.ascii;
    upload(&mut client, local, path.as_ref(), how, ascii).await?;
    leave(client).await;
    Ok(())
}

/// Uploads a local file under a name, by default its own; `-` is standard input.
pub(crate) async fn upload(
    client: &mut Client,
    local: &str,
    path: Option<&PathName>,
    how: PutOptions,
    ascii: bool,
) -> Result<(), Trouble> {
    let path = match path {
        Some(path) => path.clone(),
        None => PathName::new(local_name(local)?)?,
    };
    if local == "-" {
        return upload_input(client, &path, how, ascii).await;
    }
    let mode = match how {
        PutOptions { resume: true, .. } => UploadMode::Resume,
        PutOptions { append: true, .. } => UploadMode::Append,
        PutOptions { unique: true, .. } => UploadMode::Unique,
        _ => UploadMode::Replace,
    };
    let bar = Bar::new(local);
    let options = UploadFileOptions::new()
        .with_mode(mode)
        .with_ascii(ascii)
        .with_verify(how.verify)
        .on_progress(move |progress| bar.show(progress));
    let report = client.upload_file(local, &path, options).await?;
    if how.unique {
        print_name(report.stored_as.as_ref());
    }
    Ok(())
}

async fn upload_input(
    client: &mut Client,
    path: &PathName,
    how: PutOptions,
    ascii: bool,
) -> Result<(), Trouble> {
    if how.resume || how.verify {
        return Err(Trouble::new(
            "standard input can be neither resumed nor verified",
        ));
    }
    let options = UploadOptions::new().with_ascii(ascii);
    let mut upload = if how.append {
        client.append_with(path, options).await?
    } else if how.unique {
        client.upload_unique_with(None, options).await?
    } else {
        client.upload_with(path, options).await?
    };
    let mut input = tokio::io::stdin();
    let mut bytes = vec![0; CHUNK];
    loop {
        // However slow the input is: that the server has given up is noticed at once.
        let count = tokio::select! {
            count = input.read(&mut bytes) => count?,
            error = upload.failure() => return Err(error.into()),
        };
        match bytes.get(..count) {
            Some(chunk) if count > 0 => upload.write_all(chunk).await?,
            _ => break,
        }
    }
    let done = upload.finish().await?;
    if how.unique {
        print_name(done.stored_as().as_ref());
    }
    Ok(())
}

/// Bytes of standard input that are read at once.
const CHUNK: usize = 64 * 1024;

fn print_name(name: Option<&PathName>) {
    match name {
        Some(name) => println!("{}", shown(name.as_bytes())),
        None => eprintln!("the server doesn't tell which name it chose"),
    }
}

/// Where a download goes: to the path that is named, into a directory, or under the remote name
/// into the current one. A remote name is only trusted if it names a file in one directory.
fn local_path(remote: &PathName, local: Option<&str>) -> Result<PathBuf, Trouble> {
    let directory = match local {
        Some(local) if !Path::new(local).is_dir() => return Ok(local.into()),
        Some(directory) => PathBuf::from(directory),
        None => PathBuf::new(),
    };
    let name = remote
        .as_bytes()
        .rsplit(|&byte| byte == b'/')
        .next()
        .unwrap_or_default();
    let name = str::from_utf8(name)
        .ok()
        .filter(|name| !matches!(*name, "" | "." | ".."));
    let name = name.ok_or_else(|| Trouble::new(format!("name a local file for {remote}")))?;
    Ok(directory.join(name))
}

fn local_name(local: &str) -> Result<String, Trouble> {
    let name = Path::new(local).file_name().and_then(|name| name.to_str());
    match name {
        Some(name) if local != "-" => Ok(name.to_owned()),
        _ => Err(Trouble::new(
            "the URL needs a path that ends in a file name",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_lands_in_the_current_directory_or_where_it_is_told() {
        let local = |remote: &str, local| local_path(&PathName::new(remote).unwrap(), local).ok();
        assert_eq!(local("pub/a.txt", None), Some("a.txt".into()));
        assert_eq!(local("pub/a.txt", Some("b.txt")), Some("b.txt".into()));
        assert_eq!(local("pub/..", None), None);
        assert_eq!(local("pub/", None), None);
        let directory = std::env::temp_dir();
        let there = directory.to_str().unwrap();
        assert_eq!(
            local("pub/a.txt", Some(there)),
            Some(directory.join("a.txt"))
        );
    }
}
