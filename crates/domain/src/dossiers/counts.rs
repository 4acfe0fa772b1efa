//! The counts of one record, and what must hold between them.

use serde::{Deserialize, Serialize};

use super::CountFault;

/// No count is larger.
pub const MOST: i64 = 1_000_000_000;

macro_rules! counted_by {
    ($(#[$meta:meta])* pub struct $name:ident of $code:ident { $($field:ident = $variant:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub struct $name {
            $(#[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1_000_000_000))]
            pub $field: i64,)+
        }

        impl $name {
            /// How many have one code.
            pub fn of(&self, code: super::$code) -> i64 {
                match code { $(super::$code::$variant => self.$field,)+ }
            }

            /// How many there are of each code.
            pub fn each(&self) -> impl Iterator<Item = (super::$code, i64)> + '_ {
                <super::$code as crate::codes::Code>::ALL.iter().map(|code| (*code, self.of(*code)))
            }

            /// How many there are of all codes; of counts that are in range.
            pub fn total(&self) -> i64 {
                self.each().map(|(_, count)| count).fold(0, i64::saturating_add)
            }
        }
    };
}

counted_by! {
    /// Dossiers that were in hand at any time of the period, by their national status at its end (code list
    /// `dossier_status`); what is left out is 0.
    pub struct StatusCounts of DossierStatus {
        newly_registered = NewlyRegistered,
        accepted = Accepted,
        not_accepted = NotAccepted,
        in_process = InProcess,
        supplement_requested = SupplementRequested,
        financial_duty_requested = FinancialDutyRequested,
        withdrawal_requested = WithdrawalRequested,
        stopped = Stopped,
        settled = Settled,
        result_returned = ResultReturned,
    }
}

counted_by! {
    /// Late and overdue dossiers by cause (code list `dossier_cause`); what is left out is 0.
    pub struct CauseCounts of DossierCause {
        dossier = Dossier,
        staff = Staff,
        coordination = Coordination,
        law = Law,
        system = System,
        other = Other,
    }
}

impl StatusCounts {
    /// Settled, with the result returned or not.
    pub fn settled_or_returned(&self) -> i64 {
        self.settled.saturating_add(self.result_returned)
    }

    /// Accepted and in no final status: what is in process by form II.06a, those that wait for their applicant
    /// included.
    pub fn in_hand(&self) -> i64 {
        let waiting = self.supplement_requested + self.financial_duty_requested + self.withdrawal_requested;
        self.accepted + self.in_process + waiting
    }
}

/// What happened in a period to dossiers of one unit, field, level and channel, and how they stand at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = DossierCounts))]
pub struct Counts {
    /// Received in the period.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1_000_000_000))]
    pub received: i64,
    pub by_status: StatusCounts,
    /// Settled in the period before the day that was due.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1_000_000_000))]
    pub early: i64,
    /// Settled in the period on the day that was due.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1_000_000_000))]
    pub on_time: i64,
    /// Settled in the period after the day that was due.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1_000_000_000))]
    pub late: i64,
    /// In process at the end of the period and not past what is due.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1_000_000_000))]
    pub in_time: i64,
    /// In process at the end of the period and past what is due.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1_000_000_000))]
    pub overdue: i64,
    #[serde(default)]
    pub late_causes: CauseCounts,
}

/// A fault, with the place of the count it is about, as a JSON Pointer into the counts.
pub type Found = (String, CountFault);

impl Counts {
    /// Everything that is wrong or doubtful.
    ///
    /// A dossier that was in hand in the period is counted in one status. Status 9 and 10 are what was settled
    /// in it: one can say when (ND 61/2018 Art. 19; QĐ 766) only of these, so that early, on time and late are
    /// never more. Whoever presents waiting or withdrawn dossiers as settled does so from the statuses, and
    /// not by counting them here. In process is what has been accepted and has no final status; one that is
    /// newly registered may be counted along, as some systems do.
    pub fn check(&self) -> Vec<Found> {
        let out_of_range = |(pointer, count): (String, i64)| {
            (!(0..=MOST).contains(&count)).then_some((pointer, CountFault::OutOfRange))
        };
        let faults: Vec<Found> = self.each().into_iter().filter_map(out_of_range).collect();
        if !faults.is_empty() {
            return faults;
        }
        let (timed, pending) = (self.settled(), self.pending());
        let (settled, in_hand) = (self.by_status.settled_or_returned(), self.by_status.in_hand());
        let (causes, late) = (self.late_causes.total(), self.late + self.overdue);
        let found = timed + pending + self.by_status.stopped + self.by_status.not_accepted;
        let known = in_hand + self.by_status.newly_registered;
        [
            (timed > settled, "/by_status", CountFault::MoreTimedThanSettled),
            (pending > known, "/by_status", CountFault::MorePendingThanOpen),
            (causes > late, "/late_causes", CountFault::MoreCausesThanLate),
            (timed < settled, "/by_status", CountFault::SettledUntimed),
            (pending < in_hand, "/by_status", CountFault::PendingUntimed),
            (causes < late, "/late_causes", CountFault::CausesMissing),
            (self.received > found, "/received", CountFault::MoreReceivedThanFound),
        ]
        .into_iter()
        .filter(|(holds, ..)| *holds)
        .map(|(_, pointer, fault)| (pointer.to_owned(), fault))
        .collect()
    }

    /// Settled in the period.
    pub fn settled(&self) -> i64 {
        self.early + self.on_time + self.late
    }

    /// In process at the end of the period.
    pub fn pending(&self) -> i64 {
        self.in_time + self.overdue
    }

    /// Every count with its place.
    pub fn each(&self) -> Vec<(String, i64)> {
        let plain = [
            ("received", self.received),
            ("early", self.early),
            ("on_time", self.on_time),
            ("late", self.late),
            ("in_time", self.in_time),
            ("overdue", self.overdue),
        ];
        let plain = plain.into_iter().map(|(name, count)| (format!("/{name}"), count));
        let statuses = self.by_status.each().map(|(code, count)| (format!("/by_status/{code}"), count));
        let causes = self.late_causes.each().map(|(code, count)| (format!("/late_causes/{code}"), count));
        plain.chain(statuses).chain(causes).collect()
    }

    /// The places of the counts that differ from `other`'s.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let both = self.each().into_iter().zip(other.each());
        both.filter(|(a, b)| a != b).map(|((pointer, _), _)| pointer).collect()
    }
}
