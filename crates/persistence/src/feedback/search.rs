//! Searching feedback by words: an index on disk, fed in the order of the sealed trail. It holds folded words
//! only and is never the truth: every hit is read again from the database before anyone sees it.

use std::ops::Bound;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use diesel::prelude::*;
use kstt_domain::text;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, RangeQuery, TermQuery};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::{IndexReader, IndexWriter, Order, TantivyDocument, Term};

use super::{FeedbackRow, PublicRow, by_ids};
use crate::index_storage::{Mark, Storage};
use crate::schema::{feedback as f, feedback_public as p, seals};
use crate::{Conn, Error, audit};

/// Items read at once.
const PAGE: i64 = 200;
/// The kind of these items in the trail.
const KIND: &str = "feedback";

#[derive(Clone)]
struct Layout {
    schema: Schema,
    id: Field,
    words: Field,
    public_words: Field,
    number: Field,
}

impl Layout {
    fn new() -> Self {
        let mut builder = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        let words = TextOptions::default().set_indexing_options(indexing);
        let id = builder.add_text_field("id", STRING | STORED);
        let public_words = builder.add_text_field("public_words", words.clone());
        let words = builder.add_text_field("words", words);
        let number = builder.add_i64_field("number", FAST | INDEXED);
        builder.add_i64_field("registered", FAST);
        Self { schema: builder.build(), id, words, public_words, number }
    }
}

/// The index of one process. No other process may use its directory.
pub struct FeedbackIndex {
    layout: Layout,
    reader: IndexReader,
    feeder: Mutex<(Storage, IndexWriter)>,
}

impl FeedbackIndex {
    /// Opens the index in `directory`; one that cannot be used is begun afresh.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let layout = Layout::new();
        let storage = Storage::open(directory, &layout.schema)?;
        let (reader, writer) = (storage.reader()?, storage.writer()?);
        Ok(Self { layout, reader, feeder: Mutex::new((storage, writer)) })
    }

    /// Numbers of published items that hold all of these folded words, newest first, before a number.
    pub fn published(&self, words: &[String], before: Option<i64>, limit: usize) -> Result<Vec<i64>, Error> {
        let mut query = self.all_of(self.layout.public_words, words);
        if let Some(before) = before {
            let upper = Bound::Excluded(Term::from_field_i64(self.layout.number, before));
            query.push((Occur::Must, Box::new(RangeQuery::new(Bound::Unbounded, upper))));
        }
        let newest = TopDocs::with_limit(limit).order_by_fast_field::<i64>("number", Order::Desc);
        let found = self.reader.searcher().search(&BooleanQuery::new(query), &newest)?;
        Ok(found.into_iter().filter_map(|(number, _)| number).collect())
    }

    /// Ids of the newest items that hold all of these folded words.
    pub fn holding(&self, words: &[String], limit: usize) -> Result<Vec<String>, Error> {
        let query = BooleanQuery::new(self.all_of(self.layout.words, words));
        let newest = TopDocs::with_limit(limit).order_by_fast_field::<i64>("registered", Order::Desc);
        let searcher = self.reader.searcher();
        let mut ids = Vec::new();
        for (_, address) in searcher.search(&query, &newest)? {
            let document: TantivyDocument = searcher.doc(address)?;
            let id = document.get_first(self.layout.id).and_then(|id| id.as_str().map(str::to_owned));
            ids.extend(id);
        }
        Ok(ids)
    }

    fn all_of(&self, field: Field, words: &[String]) -> Vec<(Occur, Box<dyn Query>)> {
        let holds = |word: &String| {
            let term = Term::from_field_text(field, word);
            let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            (Occur::Must, query)
        };
        words.iter().map(holds).collect()
    }

    /// Indexes what happened since the last time, all of it or nothing.
    pub fn catch_up(&self, conn: &mut Conn) -> Result<(), Error> {
        let mut feeder = self.feeder.lock().unwrap_or_else(PoisonError::into_inner);
        let (storage, writer) = &mut *feeder;
        let first: Option<String> = seals::table.find(1).select(seals::audit_id).first(conn).optional()?;
        let target = audit::head(conn)?.map_or(0, |head| head.seq);
        if storage.mark.registry == first && storage.mark.revision == target {
            return Ok(());
        }
        let known = storage.mark.registry == first && storage.mark.revision <= target;
        let start = if known { storage.mark.clone() } else { Mark::start_of(first) };
        match self.index_between(conn, writer, start, target) {
            Ok(reached) => storage.mark = reached,
            Err(error) => {
                writer.rollback()?;
                return Err(error);
            }
        }
        Ok(self.reader.reload()?)
    }

    fn index_between(
        &self,
        conn: &mut Conn,
        writer: &mut IndexWriter,
        mut mark: Mark,
        target: i64,
    ) -> Result<Mark, Error> {
        let mut wrote = false;
        if mark.revision == 0 {
            writer.delete_all_documents()?;
            let mut after = String::new();
            loop {
                let page: Vec<String> = f::table
                    .filter(f::id.gt(&after))
                    .order(f::id.asc())
                    .limit(PAGE)
                    .select(f::id)
                    .load(conn)?;
                let Some(last) = page.last() else { break };
                after = last.clone();
                self.write(conn, writer, &page)?;
            }
        } else {
            let mut seq = mark.revision;
            while seq < target {
                let events = audit::events_after(conn, seq, PAGE)?;
                let Some((last, _)) = events.last() else { break };
                seq = *last;
                let touched = events.into_iter().filter(|(_, event)| event.subject_kind == KIND);
                let mut ids: Vec<String> = touched.map(|(_, event)| event.subject_id).collect();
                ids.sort();
                ids.dedup();
                wrote |= !ids.is_empty();
                self.write(conn, writer, &ids)?;
            }
            if !wrote {
                // Nothing to keep: after a restart the same events are read again.
                mark.revision = target;
                return Ok(mark);
            }
        }
        mark.revision = target;
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&serde_json::to_string(&mark)?);
        commit.commit()?;
        Ok(mark)
    }

    fn write(&self, conn: &mut Conn, writer: &IndexWriter, ids: &[String]) -> Result<(), Error> {
        let public: Vec<PublicRow> =
            p::table.filter(p::feedback_id.eq_any(ids)).select(PublicRow::as_select()).load(conn)?;
        for row in by_ids(conn, ids)? {
            writer.delete_term(Term::from_field_text(self.layout.id, &row.id));
            let public = public.iter().find(|public| public.feedback_id == row.id);
            writer.add_document(self.document(&row, public)?)?;
        }
        Ok(())
    }

    fn document(&self, row: &FeedbackRow, public: Option<&PublicRow>) -> Result<TantivyDocument, Error> {
        let mut document = TantivyDocument::new();
        document.add_text(self.layout.id, &row.id);
        let mut add = |field: Field, texts: [&str; 4]| {
            let mut words: Vec<String> =
                texts.iter().flat_map(|text| text::tokens(text)).map(|token| token.folded).collect();
            words.sort();
            words.dedup();
            words.iter().for_each(|word| document.add_text(field, word));
        };
        add(
            self.layout.words,
            [&row.title, &row.content, row.answer.as_deref().unwrap_or_default(), &row.code],
        );
        if let Some(public) = public {
            add(self.layout.public_words, [&public.title, &public.content, &public.answer, &row.code]);
            document.add_i64(self.layout.number, public.number);
        }
        let registered = self.layout.schema.get_field("registered")?;
        document.add_i64(registered, row.registered_at.and_utc().timestamp_micros());
        Ok(document)
    }
}
