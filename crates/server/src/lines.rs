//! Log lines, written by a thread of their own: many at a time when there are many, so that no request
//! waits for the terminal or the disk.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long the first line waits for others.
const GATHER: Duration = Duration::from_millis(2);

/// Where lines wait; what is written to it is written to standard error soon after.
#[derive(Clone, Default)]
pub struct Lines(Arc<Waiting>);

#[derive(Default)]
struct Waiting {
    gathered: Mutex<Gathered>,
    changed: Condvar,
}

#[derive(Default)]
struct Gathered {
    bytes: Vec<u8>,
    /// The thread has taken bytes and not yet written them.
    writing: bool,
}

impl Lines {
    /// Starts the thread.
    pub fn start() -> Self {
        let lines = Self::default();
        let waiting = lines.0.clone();
        std::thread::spawn(move || waiting.write_for_ever());
        lines
    }

    /// Waits until everything is written.
    pub fn finish(&self) {
        let mut gathered = self.0.lock();
        while gathered.writing || !gathered.bytes.is_empty() {
            gathered = self.0.changed.wait(gathered).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_for_ever(&self) {
        loop {
            let mut gathered = self.lock();
            while gathered.bytes.is_empty() {
                gathered = self.changed.wait(gathered).unwrap_or_else(PoisonError::into_inner);
            }
            drop(gathered);
            std::thread::sleep(GATHER);
            let mut gathered = self.lock();
            let bytes = std::mem::take(&mut gathered.bytes);
            gathered.writing = true;
            drop(gathered);
            // Nobody is left to be told that nothing can be told.
            let _ = io::stderr().write_all(&bytes);
            self.lock().writing = false;
            self.changed.notify_all();
        }
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut gathered = self.0.lock();
        let first = gathered.bytes.is_empty();
        gathered.bytes.extend_from_slice(bytes);
        drop(gathered);
        if first {
            self.0.changed.notify_all();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
