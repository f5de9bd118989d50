//! From an action to the function that carries it out.

use super::actions::{self, Subject};
use super::chunk::Chunk;
use super::function_call::{function_call, Caller};
use super::result::ActionResult;
use super::{access_keys, delegate, deterministic, gas_keys, global_contracts, staking, universal};
use near_primitives::action::Action;
use near_primitives::utils::create_action_hash_from_receipt_id;

impl Chunk<'_> {
    /// Existence and permission have been checked.
    pub(super) fn dispatch(
        &mut self,
        action: &Action,
        index: usize,
        caller: &Caller,
        subject: &mut Subject,
        result: &mut ActionResult,
    ) {
        let context = self.context;
        let state = &mut self.state;
        match action {
            Action::CreateAccount(_) => actions::create_account(context, subject, result),
            Action::DeployContract(deploy) => actions::deploy_contract(state, subject, deploy),
            Action::FunctionCall(call) => {
                let receipt_id = caller.receipt.receipt_id();
                let hash = create_action_hash_from_receipt_id(receipt_id, context.height, index);
                function_call(
                    context,
                    state,
                    subject.existing(),
                    caller,
                    call,
                    hash,
                    result,
                );
            }
            Action::Transfer(transfer) => {
                let deposit = transfer.deposit;
                actions::transfer(context, state, subject, deposit, caller.action);
            }
            Action::Stake(stake) => staking::stake(context, subject, stake, result),
            Action::AddKey(add) => access_keys::add_key(context, state, subject, add, result),
            Action::DeleteKey(delete) => {
                access_keys::delete_key(context, state, subject, delete, result);
            }
            Action::DeleteAccount(delete) => {
                actions::delete_account(context, state, subject, delete, result);
            }
            Action::Delegate(_) | Action::DelegateV2(_) => {
                let sender_id = subject.account_id;
                let signed = delegate::signed(action).expect("it is a delegate");
                delegate::delegate(context, state, sender_id, caller.action, signed, result);
            }
            Action::TransferToGasKey(fund) => {
                gas_keys::fund(state, subject.account_id, fund, result);
            }
            Action::WithdrawFromGasKey(withdraw) => {
                gas_keys::withdraw(state, subject, withdraw, result);
            }
            Action::DeployGlobalContract(deploy) => {
                global_contracts::deploy(context, state, subject, deploy, result);
            }
            Action::UseGlobalContract(used) => {
                let account_id = subject.account_id;
                let account = subject.existing();
                let identifier = &used.contract_identifier;
                let used = global_contracts::use_contract(state, account_id, account, identifier);
                if let Err(error) = used {
                    result.fail(error);
                }
            }
            Action::DeterministicStateInit(init) => {
                deterministic::initialise(context, state, subject, caller.receipt, init, result);
            }
            Action::UniversalStateInit(init) => {
                universal::initialise(context, state, subject, caller.receipt, init, result);
            }
        }
    }
}
