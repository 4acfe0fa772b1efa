//! One writer at a time, and one commit for all who waited for their turn.
//!
//! To make a commit durable costs more than most changes do. Whoever comes while another writes joins that
//! transaction: each change is undone by itself where it fails, and whoever has nobody behind commits for all of
//! them. Nobody is answered before that.
//!
//! A change may also be handed in ([`Turns::hand_in`]): then one thread carries out all that were, one after the
//! other, and nobody waits to be woken in between. What is handed in can be done again; so all of it is undone where
//! one fails half way, and the others are done anew, which is cheaper than to be ready to undo each by itself.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};

use diesel::connection::TransactionManager;

use super::{Conn, Manager, Pool, Transactions, begin};
use crate::Error;

/// So many changes share a commit at most, so that the first of them does not wait for ever.
const MOST: usize = 64;

/// The turns of those who write.
pub(super) struct Turns {
    shared: Arc<Shared>,
    /// To the thread that carries out what is handed in; it ends with the last of these.
    handed_in: mpsc::Sender<Box<dyn Job>>,
}

struct Shared {
    pool: Pool,
    waiting: AtomicUsize,
    /// Handed on fairly by whoever carries out what is handed in, so that nobody beside it waits for ever.
    open: parking_lot::Mutex<Option<Open>>,
    commits: Arc<AtomicU64>,
}

/// A transaction that others may join.
struct Open {
    conn: r2d2::PooledConnection<Manager>,
    group: Arc<Group>,
    members: usize,
}

/// Those who share a commit.
#[derive(Default)]
struct Group {
    outcome: Mutex<Option<Result<(), String>>>,
    ended: Condvar,
}

/// A change that was handed in.
trait Job: Send {
    /// Makes the change, in the place of what became of it before; answers whether it was made. The outer error: the
    /// engine has given the transaction up.
    fn run(&mut self, open: &mut Open, undo: Undo) -> diesel::QueryResult<bool>;

    /// Tells whoever asked, once the transaction has ended.
    fn tell(self: Box<Self>, ended: Result<(), String>);
}

struct HandedIn<W, S, R> {
    work: W,
    tell: S,
    done: Option<std::thread::Result<R>>,
}

impl<W, S, T, E> Job for HandedIn<W, S, Result<T, E>>
where
    W: FnMut(&mut Conn) -> Result<T, E> + Send,
    S: FnOnce(Result<T, E>) + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, open: &mut Open, undo: Undo) -> diesel::QueryResult<bool> {
        let done = self.done.insert(open.run(&mut self.work, undo)?);
        Ok(matches!(done, Ok(Ok(_))))
    }

    fn tell(self: Box<Self>, ended: Result<(), String>) {
        let Self { tell, done, .. } = *self;
        match done {
            Some(Ok(Ok(value))) => tell(ended.map(|()| value).map_err(|error| Error::Busy(error).into())),
            Some(Ok(Err(error))) => tell(Err(error)),
            Some(Err(_)) | None => {}
        }
    }
}

/// How a change that fails is undone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undo {
    /// By itself.
    Alone,
    /// With all of its transaction, by whoever runs it.
    WithAll,
}

impl Turns {
    /// Turns on a connection. `commits` is raised before anyone is told of a commit.
    pub fn new(pool: Pool, commits: Arc<AtomicU64>) -> Self {
        let open = parking_lot::Mutex::new(None);
        let shared = Arc::new(Shared { pool, waiting: AtomicUsize::new(0), open, commits });
        let (handed_in, jobs) = mpsc::channel();
        let here = shared.clone();
        std::thread::spawn(move || here.carry_out(&jobs));
        Self { shared, handed_in }
    }

    /// A connection outside all turns, before anyone writes.
    pub fn connection(&self) -> Result<r2d2::PooledConnection<Manager>, Error> {
        Ok(self.shared.pool.get()?)
    }

    /// Runs `work` when its turn comes; answers once what it wrote is durable.
    pub fn write<T, E: From<Error>>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let (mut turn, mut open) = self.shared.next()?;
        let group = open.group.clone();
        let done = open.run(work, Undo::Alone);
        let is_last = self.shared.waiting.load(Ordering::Acquire) == 0 || open.members >= MOST;
        match &done {
            Ok(_) if !is_last => *turn = Some(open),
            Ok(_) => self.shared.end(open, None),
            Err(broken) => self.shared.end(open, Some(broken)),
        }
        drop(turn);
        let ended = group.wait();
        match done.map_err(Error::from)? {
            Ok(Ok(value)) => ended.map(|()| value).map_err(|error| Error::Busy(error).into()),
            Ok(Err(error)) => Err(error),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Hands a change in, which is made once more where another one fails. `tell` is called once it is durable or
    /// undone; it is dropped after a panic, and where no transaction can be begun.
    pub fn hand_in<T, E>(
        &self,
        work: impl FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
        tell: impl FnOnce(Result<T, E>) + Send + 'static,
    ) where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        // Refused only where the thread is gone, and then `tell` is dropped with the job.
        let _ = self.handed_in.send(Box::new(HandedIn { work, tell, done: None }));
    }
}

impl Shared {
    /// Carries out what is handed in, as long as anyone may hand something in.
    fn carry_out(&self, jobs: &mpsc::Receiver<Box<dyn Job>>) {
        while let Ok(first) = jobs.recv() {
            let some = catch_unwind(AssertUnwindSafe(|| self.carry_out_some(first, jobs)));
            match some {
                Ok(Ok(())) => {}
                Ok(Err(error)) => log::error!("what was handed in cannot be written: {error}"),
                Err(_) => log::error!("whoever carries out what is handed in has panicked"),
            }
        }
    }

    fn carry_out_some(&self, first: Box<dyn Job>, jobs: &mpsc::Receiver<Box<dyn Job>>) -> Result<(), Error> {
        let (turn, mut open) = self.next()?;
        let mut done = Vec::new();
        let broken = open.run_all(std::iter::once(first).chain(jobs.try_iter()), &mut done).err();
        let group = open.group.clone();
        self.end(open, broken.as_ref());
        // To whoever waits, and not to itself again.
        parking_lot::MutexGuard::unlock_fair(turn);
        let outcome = group.wait();
        done.into_iter().for_each(|job| job.tell(outcome.clone()));
        Ok(())
    }

    /// Waits for a turn: in the transaction of those before, if they left it open.
    fn next(&self) -> Result<(parking_lot::MutexGuard<'_, Option<Open>>, Open), Error> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let mut turn = self.open.lock();
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        let open = match turn.take() {
            Some(open) => open,
            None => {
                let mut conn = self.pool.get()?;
                begin(&mut conn)?;
                Open { conn, group: Arc::default(), members: 0 }
            }
        };
        Ok((turn, open))
    }

    /// Commits for the whole group, or gives all of it up.
    fn end(&self, mut open: Open, broken: Option<&diesel::result::Error>) {
        let outcome = match broken {
            None => Transactions::commit_transaction(&mut *open.conn).map_err(|error| error.to_string()),
            Some(broken) => {
                // Not even a change could be undone: nothing of the transaction may stay.
                if let Err(error) = Transactions::rollback_transaction(&mut *open.conn) {
                    log::error!("a broken transaction cannot be undone: {error}");
                }
                Err(broken.to_string())
            }
        };
        // Also when the answer of the commit was lost.
        self.commits.fetch_add(1, Ordering::AcqRel);
        open.group.end(outcome);
    }
}

impl Open {
    /// Some changes, of which those that were run go into `done`. The error: the engine has given all up.
    fn run_all(
        &mut self,
        jobs: impl Iterator<Item = Box<dyn Job>>,
        done: &mut Vec<Box<dyn Job>>,
    ) -> diesel::QueryResult<()> {
        // Whoever began the transaction does not come again.
        let mut undo = if self.members == 0 { Undo::WithAll } else { Undo::Alone };
        for mut job in jobs {
            let made = job.run(self, undo);
            done.push(job);
            if !made? && undo == Undo::WithAll {
                undo = Undo::Alone;
                self.begin_anew()?;
                let before = done.len() - 1;
                for earlier in &mut done[..before] {
                    earlier.run(self, undo)?;
                }
            }
            if self.members >= MOST {
                break;
            }
        }
        Ok(())
    }

    /// One change within the transaction. The outer error: the engine has given the whole of it up.
    #[allow(clippy::type_complexity)]
    fn run<T, E>(
        &mut self,
        work: impl FnOnce(&mut Conn) -> Result<T, E>,
        undo: Undo,
    ) -> diesel::QueryResult<std::thread::Result<Result<T, E>>> {
        let is_first = self.members == 0;
        // With nothing before it, the transaction itself is what is undone.
        let has_own = undo == Undo::Alone && !is_first;
        self.members += 1;
        let conn = &mut *self.conn;
        if has_own {
            Transactions::begin_transaction(conn)?;
        }
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut *conn)));
        match (&done, has_own) {
            (Ok(Ok(_)), true) => Transactions::commit_transaction(conn)?,
            (_, true) => Transactions::rollback_transaction(conn)?,
            (Ok(Ok(_)), false) => {}
            (_, false) if undo == Undo::WithAll => {}
            (_, false) => self.begin_anew()?,
        }
        Ok(done)
    }

    /// Undoes everything in the transaction.
    fn begin_anew(&mut self) -> diesel::QueryResult<()> {
        Transactions::rollback_transaction(&mut *self.conn)?;
        begin(&mut self.conn)
    }
}

impl Group {
    fn end(&self, outcome: Result<(), String>) {
        *self.outcome() = Some(outcome);
        self.ended.notify_all();
    }

    fn wait(&self) -> Result<(), String> {
        let mut outcome = self.outcome();
        loop {
            match &*outcome {
                Some(outcome) => return outcome.clone(),
                None => outcome = self.ended.wait(outcome).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn outcome(&self) -> MutexGuard<'_, Option<Result<(), String>>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
