//! Transactions that the node refused, and those that no chunk took up.

use super::questions::label;
use super::Kind;
use crate::replay::field::Field;
use crate::replay::report::Report;
use crate::replay::Malformed;
use crate::Chain;
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::types::transactions::{
    RpcSendTransactionRequest, RpcTransactionError,
};
use near_primitives::errors::InvalidTxError;
use serde_json::{json, Value};

/// What the engine says to a transaction at its head.
enum Answer {
    Accepted,
    /// It does not decode: the request itself is refused.
    Unreadable(RpcError),
    Invalid(InvalidTxError),
}

impl Answer {
    fn of(chain: &Chain, signed_tx: &str) -> Self {
        let request = json!({"signed_tx_base64": signed_tx});
        match serde_json::from_value::<RpcSendTransactionRequest>(request) {
            Err(error) => Self::Unreadable(RpcError::parse_error(format!(
                "Failed parsing args: {error}"
            ))),
            Ok(request) => match chain.check(&request.signed_transaction) {
                Ok(()) => Self::Accepted,
                Err(reason) => Self::Invalid(reason),
            },
        }
    }

    /// The error object that JSON-RPC would answer with.
    fn into_json(self) -> Value {
        match self {
            Self::Accepted => json!("accepted"),
            Self::Unreadable(error) => json!(error),
            Self::Invalid(context) => {
                json!(RpcError::from(RpcTransactionError::InvalidTransaction {
                    context
                }))
            }
        }
    }
}

/// A refused transaction: the same error, to the letter of JSON-RPC.
pub fn rejected(
    chain: &Chain,
    height: u64,
    rejected: &Field,
    report: &mut Report,
) -> Result<(), Malformed> {
    let recorded = rejected.get("error").value();
    let answer = Answer::of(chain, rejected.get("signed_tx").text()?);
    let engine = if is_nonce_too_large(&answer) && is_never_included(recorded) {
        recorded.clone()
    } else {
        answer.into_json()
    };
    let place = || format!("block {height} rejected {:?}", label(rejected));
    report.compare(Kind::Rejected, place, recorded, &engine);
    Ok(())
}

/// A node takes a transaction whose nonce is too large, no chunk ever includes
/// it, and its sender sees a timeout or `Expired`. The engine says at once what
/// is wrong.
fn is_nonce_too_large(answer: &Answer) -> bool {
    matches!(
        answer,
        Answer::Invalid(InvalidTxError::NonceTooLarge { .. })
    )
}

fn is_never_included(error: &Value) -> bool {
    error["data"]["TxExecutionError"]["InvalidTxError"] == "Expired"
        || error["cause"]["name"] == "TIMEOUT_ERROR"
}

/// Blocks after the one at which a transaction was sent, in which a node that
/// finds it valid would have included it.
const BLOCKS_TO_INCLUDE: u64 = 3;

/// A transaction that was sent and that no chunk took up: the engine must have
/// a reason to leave it out, too.
pub struct LeftOut<'a> {
    sent: Field<'a>,
    signed_tx: &'a str,
    at_height: Option<u64>,
    /// Blocks at which it was looked at.
    looked_at: u64,
    refused: bool,
}

impl<'a> LeftOut<'a> {
    pub fn new(sent: Field<'a>) -> Result<Self, Malformed> {
        Ok(Self {
            signed_tx: sent.get("signed_tx").text()?,
            at_height: sent.get("at_height").optional()?,
            sent,
            looked_at: 0,
            refused: false,
        })
    }

    /// Without a height it may have been sent at any.
    pub fn look(&mut self, chain: &Chain, height: u64) {
        let is_sent = self.at_height.is_none_or(|sent| sent <= height);
        let is_late = self.at_height.is_some() && self.looked_at > BLOCKS_TO_INCLUDE;
        if is_sent && !is_late && !self.refused {
            self.looked_at += 1;
            self.refused = !matches!(Answer::of(chain, self.signed_tx), Answer::Accepted);
        }
    }

    pub fn compare(&self, report: &mut Report) {
        let engine = if self.refused { "left out" } else { "valid" };
        let place = || format!("not_included {:?}", label(&self.sent));
        report.compare(Kind::NotIncluded, place, &json!("left out"), &json!(engine));
    }
}
