//! The memory of a process and its children, as Linux counts it.

use std::collections::BTreeSet;
use std::fs;
use std::io;

/// The processes whose parent is this one.
pub(crate) fn children(parent: u32) -> io::Result<BTreeSet<u32>> {
    Ok(all()?.filter(|&id| parent_of(id) == Some(parent)).collect())
}

/// The bytes that these processes and all below them hold, with their part of what they share.
pub(crate) fn of_families(heads: &BTreeSet<u32>) -> io::Result<u64> {
    let mut total: u64 = 0;
    for &head in heads {
        // A process that has ended since it was listed has none.
        total = total.saturating_add(proportional(head).unwrap_or(0));
        total = total.saturating_add(of_families(&children(head)?)?);
    }
    Ok(total)
}

fn all() -> io::Result<impl Iterator<Item = u32>> {
    let entries = fs::read_dir("/proc")?;
    Ok(entries
        .map_while(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok()))
}

/// The fourth field of `stat`; the second may hold anything, and ends with the last parenthesis.
fn parent_of(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

fn proportional(id: u32) -> Option<u64> {
    let summary = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
    summary.lines().find_map(|line| {
        let kib = line.strip_prefix("Pss:")?.trim().strip_suffix(" kB")?;
        kib.parse::<u64>().ok()?.checked_mul(1024)
    })
}
