//! A write is a value, and one loop drives it: to done with a proof, to not done, or to unknown. The API has
//! no idempotency keys, so what a lost answer means is found out by looking.

use std::time::Duration;

use tokio::time::Instant;

use super::operation::GRACE;
use super::retry::Verdict;
use super::{Answer, Delays, Error, Http, Kind, Operation, Request, Result};

/// How often a write may be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Doing it twice is doing it once.
    Idempotent,
    /// The API refuses the second by itself: a handle or a link is there once.
    UniqueKey,
    /// Doing it twice is doing two things. It is sent again only if it was certainly not acted on.
    AtMostOnce,
}

/// How a write is known to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The API said so.
    Answer,
    /// One thing was found that was not there before and that fits. It may be another client's.
    OnlyCandidate,
}

/// What a look after a lost answer shows.
pub enum Look<T> {
    /// The write was done.
    Found(T),
    /// It was not, so far.
    Absent,
    /// Nothing tells, or several things do. Looking again will not help.
    Unclear,
    /// It cannot have been done: something else is in its place.
    Refuted(Error),
}

/// A write, and all that has to be known to find out what became of it.
pub struct Write<'a, T, F> {
    pub request: &'a Request,
    pub repeat: Repeat,
    /// What a good answer tells. With `None` it has to be looked for.
    pub told: fn(&Answer) -> Option<T>,
    /// Looks for it.
    pub find: F,
}

/// How long to look for what may come late, and for what is either there or not.
const LATE: Duration = Duration::from_secs(15);
const LAGGING: Duration = Duration::from_millis(1500);

impl Http {
    /// Drives a write to its end: done, not done or unknown, as the error says. In flight it outlives cancellation
    /// and, while it is looked for, the deadline.
    pub async fn write<T, F>(
        &self,
        op: &Operation,
        write: Write<'_, T, impl Fn(Operation) -> F>,
    ) -> Result<(T, Proof)>
    where
        F: Future<Output = Result<Look<T>>>,
    {
        let mut delays = Delays::default();
        let mut attempt = 0;
        // Once an attempt may land, no later refusal proves anything.
        let mut may_land = false;
        let once = write.repeat == Repeat::AtMostOnce;
        let lost = |error| (!once && repeatable(&error), is_finished(&error), error);
        let error = loop {
            attempt += 1;
            // Not within the operation: cancelling would drop a write in flight.
            let (again, finished, error) = match self.attempt(op, write.request, attempt).await {
                Verdict::Good(answer) => match (write.told)(&answer) {
                    Some(value) => return Ok((value, Proof::Answer)),
                    // The API says that it is done, but not what it made.
                    None => lost(answer.unexpected("the answer holds no id")),
                },
                Verdict::Lost(error) => lost(error),
                Verdict::Final(error) if !may_land => return Err(error),
                Verdict::Final(error) => (false, true, error),
                Verdict::Again(error) => {
                    if let Err(error) = self.pause(op, &mut delays, error, attempt).await {
                        break error;
                    }
                    continue;
                }
            };
            let patience = match write.repeat {
                Repeat::UniqueKey | Repeat::AtMostOnce if !again && !finished => LATE,
                _ => LAGGING,
            };
            match self.look(op, &write.find, patience).await {
                Ok(Look::Found(value)) => return Ok((value, Proof::OnlyCandidate)),
                Ok(Look::Refuted(error)) => return Err(error),
                Ok(Look::Absent) if !once && finished => {}
                Ok(_) => may_land = true,
                Err(look) => {
                    may_land = true;
                    let text = format!("looking what became of it failed as well: {look}");
                    break error.adding(&text);
                }
            }
            if !again {
                break error;
            }
            if let Err(error) = self.pause(op, &mut delays, error, attempt).await {
                break error;
            }
        };
        Err(error.with_unknown(may_land))
    }

    /// Drives a write that may be sent twice to its end. `done` looks whether it is done.
    pub async fn change<F>(
        &self,
        op: &Operation,
        request: &Request,
        done: impl Fn(Operation) -> F,
    ) -> Result<()>
    where
        F: Future<Output = Result<bool>>,
    {
        let find = |op| {
            let done = done(op);
            async {
                Ok(match done.await? {
                    true => Look::Found(()),
                    false => Look::Absent,
                })
            }
        };
        let write = Write {
            request,
            repeat: Repeat::Idempotent,
            told: |_| Some(()),
            find,
        };
        self.write(op, write).await.map(|_| ())
    }

    /// Looks until something is found, for `patience` at most and within the operation, but at least once.
    async fn look<T, F>(
        &self,
        op: &Operation,
        find: impl Fn(Operation) -> F,
        patience: Duration,
    ) -> Result<Look<T>>
    where
        F: Future<Output = Result<Look<T>>>,
    {
        let end = Instant::now() + patience;
        let end = end.min(op.deadline.max(Instant::now() + LAGGING));
        let aftermath = op.aftermath();
        let looks = async {
            let mut delay = Duration::from_millis(200);
            loop {
                let seen = find(aftermath.clone()).await?;
                if !matches!(seen, Look::Absent) || Instant::now() + delay > end {
                    return Ok(seen);
                }
                tokio::time::sleep(delay).await;
                delay = (delay * 2).min(Duration::from_secs(3));
            }
        };
        // A cancellation leaves it the time it needs, but not all the time there is.
        let given_up = async {
            op.cancel.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            biased;
            seen = looks => seen,
            () = given_up => Err(Error::new(Kind::Cancelled).saying("looking what became of a write")),
        }
    }
}

/// Whether a write that is seen not to be done may be sent again. After a timeout the API may still be
/// working on it; a 500 or a page in place of the API would come again.
fn repeatable(lost: &Error) -> bool {
    match lost.kind() {
        Kind::Timeout | Kind::WrongAddress => false,
        Kind::UnexpectedAnswer => true,
        _ => lost.is_passing(),
    }
}

/// Whether the request is finished. It is if the API itself answered; a gateway or a cut connection proves nothing.
fn is_finished(lost: &Error) -> bool {
    lost.own_form() && matches!(lost.status(), Some(500 | 501 | 503 | 505..=599))
}
