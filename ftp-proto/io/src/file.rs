//! Files on the blocking pool: read one chunk ahead, written one chunk behind.
//!
//! Disk and socket work at the same time, and there is one hop to the pool for each chunk, not for
//! each few kilobytes. Two buffers go round; they begin small, so that a small file costs little,
//! and double up to [`LARGEST`].

use core::mem;
use core::ops::Range;
use std::fs::File;
use std::io;
use std::sync::Arc;

use tokio::task::{JoinHandle, spawn_blocking};

/// Bytes of the first chunk.
pub const FIRST: usize = 32 * 1024;

/// Bytes of the largest chunk.
pub const LARGEST: usize = 256 * 1024;

/// The size of the chunk after one of this size.
pub const fn grown(size: usize) -> usize {
    let doubled = size.saturating_mul(2);
    if doubled < LARGEST { doubled } else { LARGEST }
}

/// A buffer that was on the pool, and what became of it there.
type Errand<T> = JoinHandle<(Vec<u8>, io::Result<T>)>;

/// A part of a file, read one chunk ahead of its user.
#[derive(Debug)]
pub struct ReadAhead {
    file: Arc<File>,
    rest: Range<u64>,
    size: usize,
    chunk: Vec<u8>,
    errand: Option<Errand<usize>>,
}

impl ReadAhead {
    /// Reads these bytes of a file. The file's cursor isn't used.
    pub const fn new(file: Arc<File>, range: Range<u64>) -> Self {
        Self {
            file,
            rest: range,
            size: FIRST,
            chunk: Vec::new(),
            errand: None,
        }
    }

    /// The next chunk; empty at the end of the part.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` if the file is shorter than the part; otherwise as reading a file.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost if it is dropped.
    pub async fn next(&mut self) -> io::Result<&[u8]> {
        if self.errand.is_none() {
            let spare = mem::take(&mut self.chunk);
            self.send_for(spare);
        }
        let Some(errand) = &mut self.errand else {
            return Ok(&[]);
        };
        let (chunk, read) = errand.await.map_err(io::Error::other)?;
        self.errand = None;
        let count = read?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let spare = mem::replace(&mut self.chunk, chunk);
        self.chunk.truncate(count);
        self.rest.start = self.rest.start.saturating_add(count as u64);
        self.send_for(spare);
        Ok(&self.chunk)
    }

    /// Waits until nobody reads the file any more.
    pub async fn settle(&mut self) {
        if let Some(errand) = &mut self.errand {
            let _ = errand.await;
            self.errand = None;
        }
    }

    fn send_for(&mut self, mut buffer: Vec<u8>) {
        if self.rest.is_empty() {
            return;
        }
        let left = self.rest.end.saturating_sub(self.rest.start);
        let length = usize::try_from(left).map_or(self.size, |left| left.min(self.size));
        self.size = grown(self.size);
        let (file, at) = (Arc::clone(&self.file), self.rest.start);
        self.errand = Some(spawn_blocking(move || {
            buffer.resize(length, 0);
            let read = read_at(&file, &mut buffer, at);
            (buffer, read)
        }));
    }
}

/// A file that is written one chunk behind its user.
#[derive(Debug)]
pub struct WriteBehind {
    file: Arc<File>,
    at: u64,
    spare: Vec<u8>,
    errand: Option<Errand<()>>,
}

impl WriteBehind {
    /// Writes to a file from an offset on. The file's cursor isn't used.
    pub const fn new(file: Arc<File>, at: u64) -> Self {
        Self {
            file,
            at,
            spare: Vec::new(),
            errand: None,
        }
    }

    /// Has a chunk written, and puts an empty buffer in its place. Waits for the chunk before it.
    ///
    /// # Errors
    ///
    /// What writing the chunk before it met. The chunk itself is then not written.
    ///
    /// # Cancel safety
    ///
    /// If dropped, the chunk is still in place and can be put again.
    pub async fn put(&mut self, chunk: &mut Vec<u8>) -> io::Result<()> {
        self.settle().await?;
        let full = mem::replace(chunk, mem::take(&mut self.spare));
        let (file, at) = (Arc::clone(&self.file), self.at);
        self.at = self.at.saturating_add(full.len() as u64);
        self.errand = Some(spawn_blocking(move || {
            let written = write_all_at(&file, &full, at);
            (full, written)
        }));
        Ok(())
    }

    /// Waits until everything is written and nobody touches the file any more.
    ///
    /// # Errors
    ///
    /// What writing the last chunk met.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost if it is dropped.
    pub async fn settle(&mut self) -> io::Result<()> {
        let Some(errand) = &mut self.errand else {
            return Ok(());
        };
        let done = errand.await;
        self.errand = None;
        let (mut buffer, written) = done.map_err(io::Error::other)?;
        buffer.clear();
        self.spare = buffer;
        written
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    use std::os::unix::fs::FileExt as _;
    loop {
        match file.read_at(buffer, at) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    use std::os::windows::fs::FileExt as _;
    file.seek_read(buffer, at)
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    use std::os::unix::fs::FileExt as _;
    file.write_all_at(bytes, at)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt as _;
    while !bytes.is_empty() {
        let count = file.seek_write(bytes, at)?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(count..).unwrap_or_default();
        at = at.saturating_add(count as u64);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn pattern(length: usize) -> Vec<u8> {
        (0..length).map(|index| (index % 251) as u8).collect()
    }

    #[tokio::test]
    async fn what_is_written_behind_is_read_ahead() {
        for length in [0, 1, FIRST, FIRST + 1, 3 * LARGEST + 7] {
            let file = Arc::new(tempfile::tempfile().unwrap());
            let bytes = pattern(length);
            let mut behind = WriteBehind::new(Arc::clone(&file), 5);
            for piece in bytes.chunks(100_000) {
                let mut chunk = piece.to_vec();
                behind.put(&mut chunk).await.unwrap();
                assert!(chunk.is_empty());
            }
            behind.settle().await.unwrap();

            let mut ahead = ReadAhead::new(file, 5..5 + length as u64);
            let mut got = Vec::new();
            loop {
                let chunk = ahead.next().await.unwrap();
                if chunk.is_empty() {
                    break;
                }
                got.extend_from_slice(chunk);
            }
            assert_eq!(got, bytes, "{length}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_too_short_is_no_end() {
        let file = Arc::new(tempfile::tempfile().unwrap());
        file.set_len(10).unwrap();
        let mut ahead = ReadAhead::new(file, 0..11);
        assert_eq!(ahead.next().await.unwrap().len(), 10);
        let error = ahead.next().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn a_write_that_fails_is_told_by_the_next_call() {
        let path = tempfile::NamedTempFile::new().unwrap();
        let mut file = File::open(path.path()).unwrap();
        assert_eq!(file.read(&mut [0; 1]).unwrap(), 0);
        let mut behind = WriteBehind::new(Arc::new(file), 0);
        behind.put(&mut b"read-only".to_vec()).await.unwrap();
        behind.put(&mut b"more".to_vec()).await.unwrap_err();
    }
}
