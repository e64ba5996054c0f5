//! What `den recall` keeps on disk: a packed file of everything that held when it was last packed, and a journal
//! of what was said since.
//!
//! A line is with the operating system before a `flush` is answered, and on the disk; a `forget` at once. So what
//! was acknowledged survives whatever happens to this process. Packing writes a new file and puts it in the
//! place of the old one before it empties the journal: dying in between costs nothing, as the journal's lines say
//! the same once more. Whatever was forgotten or edited is gone from both files with the next `flush` or `bye`,
//! even if that is said to another process, after a kill.

use std::{
    borrow::Cow,
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Seek, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};

use super::{
    request::{Told, Whom},
    spaces::Spaces,
};

/// A journal longer than this is packed when there is time: a thousand messages or two.
const LONG: u64 = 256 << 10;
/// A journal is packed once it is as long as that many times the packed file, so that packing costs a share of
/// writing, however much there is.
const TIMES: u64 = 4;

/// The files of a memory. Only one process at a time keeps them.
pub(super) struct Journal {
    folder: PathBuf,
    file: BufWriter<File>,
    /// Held as long as this lives.
    _lock: File,
    /// Whether something in the files is to be gone.
    is_stale: bool,
}

/// A line of the files. It looks like a request, but is never read as one: its time is in milliseconds however
/// small, and a request's would be taken for seconds.
#[derive(Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum Line<'a> {
    Remember(Cow<'a, Told>),
    Forget(Cow<'a, Whom>),
}

/// What was read of a file.
struct Replayed {
    /// How many of its bytes are whole lines.
    good: u64,
    /// Whether a line forgets or edits what one before it said.
    is_stale: bool,
}

impl Journal {
    /// Opens the folder, makes it where it is missing, and reads all that it keeps into `spaces`.
    ///
    /// # Errors
    /// Where the files cannot be read or written, or another process keeps them.
    pub(super) fn open(folder: &Path, spaces: &mut Spaces) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock"))?;
        lock.try_lock().map_err(|_| io::Error::other("another process keeps this folder"))?;
        match File::open(packed(folder)) {
            Ok(file) => replay(BufReader::new(GzDecoder::new(file)), spaces).map(|_| ())?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let path = folder.join("journal.jsonl");
        let mut file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        let Replayed { good, is_stale } = replay(BufReader::new(&file), spaces)?;
        // A process that was killed may have left half a line.
        file.set_len(good)?;
        file.seek(io::SeekFrom::End(0))?;
        let file = BufWriter::with_capacity(64 << 10, file);
        Ok(Self { folder: folder.to_owned(), file, _lock: lock, is_stale })
    }

    /// Writes down what was said. It is kept with the next [`Journal::keep`].
    pub(super) fn remember(&mut self, told: &Told) -> io::Result<()> {
        self.write(&Line::Remember(Cow::Borrowed(told)))
    }

    /// Writes down what is forgotten, at once.
    pub(super) fn forget(&mut self, whom: &Whom) -> io::Result<()> {
        self.outdate();
        self.write(&Line::Forget(Cow::Borrowed(whom)))?;
        self.file.flush()
    }

    /// Something in the files holds no longer. It is gone with the next [`Journal::keep`].
    pub(super) fn outdate(&mut self) {
        self.is_stale = true;
    }

    /// Keeps everything written so far, and packs it where it is time or something is to be gone.
    pub(super) fn keep(&mut self, spaces: &Spaces) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_data()?;
        let long = LONG.max(TIMES * length(&packed(&self.folder))?);
        if self.is_stale || self.file.get_ref().metadata()?.len() > long {
            self.pack(spaces)?;
        }
        Ok(())
    }

    /// How many bytes the files have.
    pub(super) fn bytes(&mut self) -> io::Result<u64> {
        self.file.flush()?;
        Ok(self.file.get_ref().metadata()?.len() + length(&packed(&self.folder))?)
    }

    fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut self.file, line)?;
        self.file.write_all(b"\n")
    }

    fn pack(&mut self, spaces: &Spaces) -> io::Result<()> {
        let new = self.folder.join("packed.new");
        let mut encoder =
            GzEncoder::new(BufWriter::new(File::create(&new)?), Compression::default());
        for told in spaces.told() {
            serde_json::to_writer(&mut encoder, &Line::Remember(Cow::Owned(told)))?;
            encoder.write_all(b"\n")?;
        }
        encoder.finish()?.into_inner()?.sync_all()?;
        fs::rename(&new, packed(&self.folder))?;
        // The name is on the disk only with its folder.
        File::open(&self.folder)?.sync_all()?;
        let file = self.file.get_mut();
        file.set_len(0)?;
        file.rewind()?;
        file.sync_all()?;
        self.is_stale = false;
        Ok(())
    }
}

#[cfg(test)]
impl Journal {
    /// Is killed: what its buffer holds is lost.
    pub(super) fn die(self) {
        // Dropping the buffer would write it.
        let _ = self.file.into_parts();
    }
}

fn packed(folder: &Path) -> PathBuf {
    folder.join("packed.jsonl.gz")
}

fn length(path: &Path) -> io::Result<u64> {
    match fs::metadata(path) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// Does what the lines say.
fn replay(mut lines: impl BufRead, spaces: &mut Spaces) -> io::Result<Replayed> {
    let mut line = Vec::new();
    let mut good = 0;
    let mut is_stale = false;
    loop {
        line.clear();
        let n = lines.by_ref().read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            return Ok(Replayed { good, is_stale });
        }
        match serde_json::from_slice::<Line<'_>>(&line) {
            Ok(Line::Remember(told)) => is_stale |= spaces.remember(told.into_owned()),
            Ok(Line::Forget(whom)) => {
                spaces.forget(&whom);
                is_stale = true;
            }
            Err(_) => {
                let text = format!("the line at byte {good} is none of a memory's");
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
        }
        good += n as u64;
    }
}
