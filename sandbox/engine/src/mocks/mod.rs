//! Mocks: methods of contracts answered by a test instead of the contract.
//!
//! A mock stands before one method of one account; all its other methods go to
//! the contract, if there is one. Calls and views that a mock answered are
//! recorded with it. Mocks are part of the chain: a rollback restores which
//! ones there are and what they have recorded.
//!
//! A mock may run foreign code (a Python function) in the middle of a block,
//! with the chain's lock held: that code must not use the chain it runs in, see
//! [`is_answering`].

mod answer;
mod table;

pub use answer::{is_answering, Answer, Behaviour, Fixed, Question, Reply};
pub use table::{MockCall, MockId, MockTable, Mocks};
