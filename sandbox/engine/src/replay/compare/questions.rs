//! What the node was asked while a block was its head.

use super::refusals::{self, LeftOut};
use super::views;
use crate::replay::field::Field;
use crate::replay::report::Report;
use crate::replay::Malformed;
use crate::Chain;
use std::collections::{HashMap, HashSet};

type ByHeight<'a> = HashMap<u64, Vec<Field<'a>>>;

/// The questions by the height at which they were asked.
pub struct Questions<'a> {
    views: ByHeight<'a>,
    rejected: ByHeight<'a>,
    left_out: Vec<LeftOut<'a>>,
}

impl<'a> Questions<'a> {
    /// # Errors
    /// A question was asked at a height that has no block.
    pub fn new(all: &Field<'a>, blocks: &[Field<'a>]) -> Result<Self, Malformed> {
        let mut heights = HashSet::new();
        for block in blocks {
            heights.insert(block.get("height").number()?);
        }
        let views = all.get("views").items()?.into_iter();
        let rejected = all.get("rejected").items()?.into_iter();
        let left_out = all.get("not_included").items()?.into_iter();
        Ok(Self {
            left_out: left_out.map(LeftOut::new).collect::<Result<_, _>>()?,
            views: by_height(
                &heights,
                views.map(|view| (view.get("answer").get("block_height"), view)),
            )?,
            rejected: by_height(
                &heights,
                rejected.map(|rejected| (rejected.get("at_height"), rejected)),
            )?,
        })
    }

    /// Asks what was asked at this height.
    pub fn ask(
        &mut self,
        chain: &Chain,
        height: u64,
        report: &mut Report,
    ) -> Result<(), Malformed> {
        for view in self.views.get(&height).into_iter().flatten() {
            views::compare(chain, height, view, report)?;
        }
        for rejected in self.rejected.get(&height).into_iter().flatten() {
            refusals::rejected(chain, height, rejected, report)?;
        }
        for sent in &mut self.left_out {
            sent.look(chain, height);
        }
        Ok(())
    }

    /// What could only be answered by all blocks.
    pub fn end(&self, report: &mut Report) {
        for sent in &self.left_out {
            sent.compare(report);
        }
    }
}

fn by_height<'a>(
    heights: &HashSet<u64>,
    questions: impl Iterator<Item = (Field<'a>, Field<'a>)>,
) -> Result<ByHeight<'a>, Malformed> {
    let mut found = ByHeight::new();
    for (at, question) in questions {
        let height = at.number()?;
        if !heights.contains(&height) {
            return Err(at.wrong(&format!("no block has height {height}")));
        }
        found.entry(height).or_default().push(question);
    }
    Ok(found)
}

/// What a question is called in reports.
pub fn label<'a>(question: &Field<'a>) -> &'a str {
    question.get("label").value().as_str().unwrap_or_default()
}
