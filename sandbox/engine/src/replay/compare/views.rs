//! Answers of view calls.

use super::questions::label;
use super::Kind;
use crate::chain::QueryError;
use crate::replay::field::Field;
use crate::replay::report::Report;
use crate::replay::Malformed;
use crate::Chain;
use near_primitives::types::BlockReference;
use serde_json::json;

/// Asks the view again at the head: result or error, and logs.
pub fn compare(
    chain: &Chain,
    height: u64,
    view: &Field,
    report: &mut Report,
) -> Result<(), Malformed> {
    let request = view.get("request");
    let account_id = request.get("account_id").parse()?;
    let method = request.get("method_name").text()?;
    let args = request.get("args_base64").bytes()?;
    let answer = chain.call_function(&account_id, method, &args, &BlockReference::latest());
    let engine = match answer {
        Ok(answer) => json!({"result": answer.value.result, "logs": answer.value.logs}),
        Err(QueryError::ContractExecutionError { vm_error, .. }) => {
            json!({"error": vm_error, "logs": []})
        }
        Err(other) => json!({"error": other.to_string(), "logs": []}),
    };
    let mut recorded = view.get("answer").value().clone();
    if let Some(answer) = recorded.as_object_mut() {
        answer.retain(|name, _| name != "block_height" && name != "block_hash");
    }
    let place = || format!("block {height} view {:?}", label(view));
    report.compare(Kind::Views, place, &recorded, &engine);
    Ok(())
}
