//! The actions that need no contract: existence, permission, execution.

use super::result::ActionResult;
use super::{access_keys, gas_keys, implicit_accounts, BlockContext};
use crate::state::access::Records;
use crate::state::{keys, StateUpdate};
use near_parameters::RuntimeConfig;
use near_primitives::account::{Account, AccountContract};
use near_primitives::action::{Action, DeleteAccountAction, DeployContractAction};
use near_primitives::errors::ActionErrorKind;
use near_primitives::hash::hash;
use near_primitives::receipt::{Receipt, VersionedActionReceipt};
use near_primitives::types::{AccountId, Balance};
use near_primitives::version::ProtocolFeature;

/// What decides whether a transfer may create its receiver.
#[derive(Clone, Copy)]
pub struct ReceiptShape {
    pub is_refund: bool,
    pub is_only_action: bool,
}

/// Whether an action finds (or must not find) the account it is for.
pub fn check_existence(
    config: &RuntimeConfig,
    action: &Action,
    account: Option<&Account>,
    account_id: &AccountId,
    shape: ReceiptShape,
) -> Result<(), ActionErrorKind> {
    let id = || account_id.clone();
    let missing = || ActionErrorKind::AccountDoesNotExist { account_id: id() };
    match (action, account) {
        (Action::CreateAccount(_), Some(_)) => {
            Err(ActionErrorKind::AccountAlreadyExists { account_id: id() })
        }
        (Action::CreateAccount(_), None)
            if implicit_accounts::kind(config, account_id).is_implicit() =>
        {
            Err(ActionErrorKind::OnlyImplicitAccountCreationAllowed { account_id: id() })
        }
        (Action::Transfer(_), None) => {
            let kind = implicit_accounts::kind(config, account_id);
            let may_create = implicit_accounts::transfer_creates(kind, shape);
            may_create.then_some(()).ok_or_else(missing)
        }
        (
            Action::CreateAccount(_)
            | Action::Transfer(_)
            | Action::DeterministicStateInit(_)
            | Action::UniversalStateInit(_),
            _,
        ) => Ok(()),
        (_, None) => Err(missing()),
        (_, Some(account)) if !account.is_initialized() => {
            Err(ActionErrorKind::AccountNotInitialized { account_id: id() })
        }
        (_, Some(_)) => Ok(()),
    }
}

/// Whether the actor may do this to the account.
pub fn check_permission(
    action: &Action,
    account: Option<&Account>,
    account_id: &AccountId,
    actor_id: &AccountId,
) -> Result<(), ActionErrorKind> {
    let owner_only = matches!(
        action,
        Action::DeployContract(_)
            | Action::Stake(_)
            | Action::AddKey(_)
            | Action::DeleteKey(_)
            | Action::DeleteAccount(_)
            | Action::DeployGlobalContract(_)
            | Action::UseGlobalContract(_)
            | Action::WithdrawFromGasKey(_)
    );
    if owner_only && actor_id != account_id {
        return Err(ActionErrorKind::ActorNoPermission {
            account_id: account_id.clone(),
            actor_id: actor_id.clone(),
        });
    }
    let is_staking = account.is_some_and(|account| account.locked() > Balance::ZERO);
    if matches!(action, Action::DeleteAccount(_)) && is_staking {
        return Err(ActionErrorKind::DeleteAccountStaking {
            account_id: account_id.clone(),
        });
    }
    Ok(())
}

/// The account an action works on, and who acts.
pub struct Subject<'a> {
    pub account_id: &'a AccountId,
    pub predecessor_id: &'a AccountId,
    pub account: &'a mut Option<Account>,
    pub actor_id: &'a mut AccountId,
}

impl Subject<'_> {
    /// Panics without an account: existence was checked.
    pub fn existing(&mut self) -> &mut Account {
        self.account.as_mut().expect("existence was checked")
    }
}

pub fn create_account(context: &BlockContext, subject: &mut Subject, result: &mut ActionResult) {
    let config = &context.config.account_creation_config;
    let account_id = subject.account_id;
    let predecessor_id = subject.predecessor_id;
    if account_id.is_top_level() {
        let is_short = account_id.len() < usize::from(config.min_allowed_top_level_account_length);
        if is_short && *predecessor_id != config.registrar_account_id {
            result.fail(ActionErrorKind::CreateAccountOnlyByRegistrar {
                account_id: account_id.clone(),
                registrar_account_id: config.registrar_account_id.clone(),
                predecessor_id: predecessor_id.clone(),
            });
            return;
        }
    } else if !account_id.is_sub_account_of(predecessor_id) {
        result.fail(ActionErrorKind::CreateAccountNotAllowed {
            account_id: account_id.clone(),
            predecessor_id: predecessor_id.clone(),
        });
        return;
    }
    let usage = context.config.fees.storage_usage_config.num_bytes_account;
    let none = Balance::ZERO;
    *subject.account = Some(Account::new(none, none, AccountContract::None, usage));
    // The new account acts from here on: keys and code may follow.
    *subject.actor_id = account_id.clone();
}

pub fn transfer(
    context: &BlockContext,
    state: &mut StateUpdate,
    subject: &mut Subject,
    deposit: Balance,
    action: &VersionedActionReceipt,
) {
    let account_id = subject.account_id;
    let Some(account) = subject.account else {
        let account = implicit_accounts::create(context, state, account_id, deposit);
        *subject.account = Some(account);
        return;
    };
    let is_gas_refund = subject.predecessor_id.is_system() && action.signer_id() == account_id;
    if is_gas_refund
        && access_keys::refund_gas(state, account_id, action.signer_public_key(), deposit)
    {
        return;
    }
    let amount = account.amount().checked_add(deposit);
    account.set_amount(amount.expect("more than the total supply"));
}

pub fn deploy_contract(
    state: &mut StateUpdate,
    subject: &mut Subject,
    deploy: &DeployContractAction,
) {
    let account_id = subject.account_id;
    let contract = AccountContract::Local(hash(&deploy.code));
    let bytes = deploy.code.len() as u64;
    replace_contract(state, account_id, subject.existing(), contract, bytes);
    state.set(keys::code(account_id), deploy.code.as_slice().into());
}

/// Names other code in an account's record, bills it instead of the old code,
/// and removes the old code if it was the account's own.
pub fn replace_contract(
    state: &mut StateUpdate,
    account_id: &AccountId,
    account: &mut Account,
    contract: AccountContract,
    bytes: u64,
) {
    let old = code_usage(state, account_id, account);
    if account.contract().is_local() {
        state.remove(keys::code(account_id));
    }
    let rest = account.storage_usage().saturating_sub(old);
    account.set_storage_usage(rest.saturating_add(bytes));
    account
        .set_contract(contract)
        .expect("the account is initialised");
}

/// Bytes billed for an account's code.
fn code_usage(state: &StateUpdate, account_id: &AccountId, account: &Account) -> u64 {
    match &*account.contract() {
        AccountContract::Local(_) => state.code(account_id).map_or(0, |code| code.len() as u64),
        other => other.identifier_storage_usage(),
    }
}

pub fn delete_account(
    context: &BlockContext,
    state: &mut StateUpdate,
    subject: &mut Subject,
    delete: &DeleteAccountAction,
    result: &mut ActionResult,
) {
    let account_id = subject.account_id;
    let account = subject.existing();
    if usage_without_code(context, state, account_id, account)
        > Account::MAX_ACCOUNT_DELETION_STORAGE_USAGE
    {
        let account_id = account_id.clone();
        result.fail(ActionErrorKind::DeleteAccountWithLargeState { account_id });
        return;
    }
    let amount = account.amount();
    if let Err(error) = gas_keys::close_all(context, state, account_id, result) {
        return result.fail(error);
    }
    if amount > Balance::ZERO {
        let refund = Receipt::new_balance_refund(&delete.beneficiary_id, amount);
        result.new_receipts.push(refund);
    }
    state.remove_account(account_id);
    *subject.actor_id = subject.predecessor_id.clone();
    *subject.account = None;
}

/// What the size limit for deletions looks at. Before version 85 the reference
/// to a global contract counted.
fn usage_without_code(
    context: &BlockContext,
    state: &StateUpdate,
    account_id: &AccountId,
    account: &Account,
) -> u64 {
    let fixed = ProtocolFeature::FixDeleteAccountGlobalContractStorageUsage
        .enabled(context.protocol_version);
    let usage = account.storage_usage();
    match fixed || account.contract().is_local() {
        true => usage.saturating_sub(code_usage(state, account_id, account)),
        false => usage,
    }
}
