//! What is measured: a table with one row for each figure.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::thread;
use std::time::Instant;

use crate::client::Client;
use crate::contest::Contestant;

/// A figure: how it is prepared and how it is measured.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    /// Whether less is better.
    pub(crate) less: bool,
    /// Whether it can be measured only once, because the first time changes what comes later.
    pub(crate) once: bool,
    /// Puts what is needed below the root of a server.
    pub(crate) prepare: fn(&Path) -> io::Result<()>,
    pub(crate) measure: fn(&Contestant) -> io::Result<f64>,
}

pub(crate) static FIGURES: &[Figure] = &[
    Figure {
        name: "idle session",
        unit: "KiB",
        less: true,
        once: true,
        prepare: nothing,
        measure: idle_session,
    },
    per_second("log-ins", "/s", nothing, log_ins),
    per_second("lockstep commands", "/s", nothing, lockstep),
    per_second("pipelined commands", "/s", nothing, pipelined),
    per_second("download", "MB/s", big_file, download),
    per_second("upload", "MB/s", nothing, upload),
    per_second("eight downloads", "MB/s", big_file, eight_downloads),
    per_second("eight uploads", "MB/s", nothing, eight_uploads),
    per_second("small downloads", "files/s", small_file, small_downloads),
    per_second("small uploads", "files/s", nothing, small_uploads),
    per_second("LIST", "entries/s", big_directory, list),
    per_second("NLST", "entries/s", big_directory, names),
    per_second("MLSD", "entries/s", big_directory, facts),
];

const fn per_second(
    name: &'static str,
    unit: &'static str,
    prepare: fn(&Path) -> io::Result<()>,
    measure: fn(&Contestant) -> io::Result<f64>,
) -> Figure {
    Figure {
        name,
        unit,
        less: false,
        once: false,
        prepare,
        measure,
    }
}

/// Bytes of a big transfer.
const BIG: usize = 256 << 20;
/// Transfers at once, which share the bytes of a big one.
const AT_ONCE: usize = 8;
/// Bytes of a small file.
const SMALL: usize = 1024;
/// How many small files are transferred.
const SMALL_FILES: u32 = 100;
/// How many sessions log in one after the other.
const LOG_INS: u32 = 50;
/// How many commands are sent, each after the reply to the one before.
const LOCKSTEP: u32 = 5_000;
/// How many commands are sent in one go, and how often.
const PIPELINED: (u32, u32) = (200, 100);
/// Files in the big directory.
const ENTRIES: u32 = 100_000;
/// Idle sessions; those servers that admit fewer are measured with fewer.
const IDLE: usize = 500;

fn idle_session(at: &Contestant) -> io::Result<f64> {
    let log_in = || Client::log_in(at.port());
    // What the first sessions cost a server once isn't what each of them costs.
    let warm_up: Vec<_> = (0..4).map_while(|_| log_in().ok()).collect();
    let before = at.memory()?;
    let idle: Vec<_> = (0..IDLE).map_while(|_| log_in().ok()).collect();
    let after = at.memory()?;
    let count = idle.len();
    drop((warm_up, idle));
    if count == 0 {
        return Err(io::Error::other("admits no session"));
    }
    Ok(after.saturating_sub(before) as f64 / count as f64 / 1024.0)
}

fn log_ins(at: &Contestant) -> io::Result<f64> {
    rate(LOG_INS.into(), || {
        (0..LOG_INS).try_for_each(|_| Client::log_in(at.port())?.quit())
    })
}

fn lockstep(at: &Contestant) -> io::Result<f64> {
    let mut client = Client::log_in(at.port())?;
    rate(LOCKSTEP.into(), || {
        (0..LOCKSTEP).try_for_each(|_| client.command("NOOP"))
    })
}

fn pipelined(at: &Contestant) -> io::Result<f64> {
    let (batch, batches) = PIPELINED;
    let mut client = Client::log_in(at.port())?;
    rate(f64::from(batch) * f64::from(batches), || {
        (0..batches).try_for_each(|_| client.pipeline("NOOP", batch as usize))
    })
}

fn download(at: &Contestant) -> io::Result<f64> {
    let mut client = Client::log_in(at.port())?;
    megabytes(|| retrieve(&mut client, BIG_FILE, BIG))
}

fn upload(at: &Contestant) -> io::Result<f64> {
    let mut client = Client::log_in(at.port())?;
    let speed = megabytes(|| client.transmit("STOR uploaded", BIG))?;
    client.command("DELE uploaded")?;
    Ok(speed)
}

fn eight_downloads(at: &Contestant) -> io::Result<f64> {
    at_once(at, |client, _| retrieve(client, PART_FILE, BIG / AT_ONCE))
}

fn eight_uploads(at: &Contestant) -> io::Result<f64> {
    let speed = at_once(at, |client, number| {
        client.transmit(&format!("STOR uploaded-{number}"), BIG / AT_ONCE)
    })?;
    let mut client = Client::log_in(at.port())?;
    (0..AT_ONCE).try_for_each(|number| client.command(&format!("DELE uploaded-{number}")))?;
    Ok(speed)
}

fn small_downloads(at: &Contestant) -> io::Result<f64> {
    let mut client = Client::log_in(at.port())?;
    rate(SMALL_FILES.into(), || {
        (0..SMALL_FILES).try_for_each(|_| retrieve(&mut client, SMALL_FILE, SMALL))
    })
}

fn small_uploads(at: &Contestant) -> io::Result<f64> {
    let mut client = Client::log_in(at.port())?;
    let speed = rate(SMALL_FILES.into(), || {
        (0..SMALL_FILES)
            .try_for_each(|number| client.transmit(&format!("STOR new-{number}"), SMALL))
    })?;
    (0..SMALL_FILES).try_for_each(|number| client.command(&format!("DELE new-{number}")))?;
    Ok(speed)
}

fn list(at: &Contestant) -> io::Result<f64> {
    listing(at, "LIST")
}

fn names(at: &Contestant) -> io::Result<f64> {
    listing(at, "NLST")
}

fn facts(at: &Contestant) -> io::Result<f64> {
    listing(at, "MLSD")
}

fn listing(at: &Contestant, command: &str) -> io::Result<f64> {
    let mut client = Client::log_in(at.port())?;
    client.command(&format!("CWD {BIG_DIRECTORY}"))?;
    rate(ENTRIES.into(), || {
        let count = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte == b'\n').count();
        // Some servers list the directory itself, its parent, or a total.
        match client.receive(command, count)? {
            lines if lines >= ENTRIES as usize => Ok(()),
            lines => Err(io::Error::other(format!(
                "{command} ends after {lines} lines"
            ))),
        }
    })
}

fn retrieve(client: &mut Client, name: &str, size: usize) -> io::Result<()> {
    match client.receive(&format!("RETR {name}"), <[u8]>::len)? {
        length if length == size => Ok(()),
        length => Err(io::Error::other(format!("{length} bytes of {size}"))),
    }
}

fn at_once(
    at: &Contestant,
    transfer: impl Fn(&mut Client, usize) -> io::Result<()> + Sync,
) -> io::Result<f64> {
    let mut clients = (0..AT_ONCE)
        .map(|_| Client::log_in(at.port()))
        .collect::<io::Result<Vec<_>>>()?;
    let transfer = &transfer;
    megabytes(|| {
        thread::scope(|scope| {
            let running: Vec<_> = clients
                .iter_mut()
                .enumerate()
                .map(|(number, client)| scope.spawn(move || transfer(client, number)))
                .collect();
            running.into_iter().try_for_each(|thread| {
                let ended = thread.join();
                ended.unwrap_or_else(|_| Err(io::Error::other("a client panicked")))
            })
        })
    })
}

fn megabytes(work: impl FnOnce() -> io::Result<()>) -> io::Result<f64> {
    rate(BIG as f64 / 1e6, work)
}

/// How much of it is done in a second.
fn rate(amount: f64, work: impl FnOnce() -> io::Result<()>) -> io::Result<f64> {
    let began = Instant::now();
    work()?;
    Ok(amount / began.elapsed().as_secs_f64())
}

const BIG_FILE: &str = "big";
const PART_FILE: &str = "part";
const SMALL_FILE: &str = "small";
const BIG_DIRECTORY: &str = "directory";

fn nothing(_: &Path) -> io::Result<()> {
    Ok(())
}

fn big_file(root: &Path) -> io::Result<()> {
    fill(&root.join(BIG_FILE), BIG)?;
    fill(&root.join(PART_FILE), BIG / AT_ONCE)
}

fn small_file(root: &Path) -> io::Result<()> {
    fill(&root.join(SMALL_FILE), SMALL)
}

fn fill(path: &Path, size: usize) -> io::Result<()> {
    let mut file = File::create(path)?;
    let block = [0x55; SMALL];
    (0..size / SMALL).try_for_each(|_| file.write_all(&block))
}

fn big_directory(root: &Path) -> io::Result<()> {
    let directory = root.join(BIG_DIRECTORY);
    if directory.exists() {
        return Ok(());
    }
    fs::create_dir(&directory)?;
    (0..ENTRIES).try_for_each(|number| {
        File::create(directory.join(format!("a file with number {number}.txt"))).map(drop)
    })
}
