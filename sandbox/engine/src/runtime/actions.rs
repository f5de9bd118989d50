//! The actions that need no contract: existence, permission, execution.

use super::result::ActionResult;
use super::{access_keys, implicit_accounts, BlockContext};
use crate::state::access::Records;
use crate::state::{keys, StateUpdate};
use near_primitives::account::id::AccountType;
use near_primitives::account::{Account, AccountContract};
use near_primitives::action::{Action, DeleteAccountAction, DeployContractAction};
use near_primitives::errors::ActionErrorKind;
use near_primitives::hash::hash;
use near_primitives::receipt::{Receipt, VersionedActionReceipt};
use near_primitives::types::{AccountId, Balance};

/// Whether an action finds (or must not find) the account it is for.
pub fn check_existence(
    action: &Action,
    account: Option<&Account>,
    account_id: &AccountId,
    may_create_implicitly: bool,
) -> Result<(), ActionErrorKind> {
    let account_id = || account_id.clone();
    match (action, account) {
        (Action::CreateAccount(_), Some(_)) => Err(ActionErrorKind::AccountAlreadyExists {
            account_id: account_id(),
        }),
        (Action::CreateAccount(_), None) => match account_id().get_account_type() {
            AccountType::NamedAccount => Ok(()),
            _ => {
                let account_id = account_id();
                Err(ActionErrorKind::OnlyImplicitAccountCreationAllowed { account_id })
            }
        },
        (Action::Transfer(_), None)
            if may_create_implicitly && implicit_accounts::is_implicit(&account_id()) =>
        {
            Ok(())
        }
        (_, None) => Err(ActionErrorKind::AccountDoesNotExist {
            account_id: account_id(),
        }),
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

    pub fn create(&mut self, account: Account) {
        *self.actor_id = self.account_id.clone();
        *self.account = Some(account);
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
    subject.create(Account::new(none, none, AccountContract::None, usage));
}

pub fn transfer(
    context: &BlockContext,
    state: &mut StateUpdate,
    subject: &mut Subject,
    deposit: Balance,
    action: &VersionedActionReceipt,
) {
    if subject.account.is_none() {
        implicit_accounts::create_by_transfer(context, state, subject, deposit);
        return;
    }
    let is_gas_refund =
        subject.predecessor_id.is_system() && action.signer_id() == subject.account_id;
    if is_gas_refund {
        access_keys::refund_allowance(
            state,
            subject.account_id,
            action.signer_public_key(),
            deposit,
        );
    }
    let account = subject.existing();
    let amount = account.amount().checked_add(deposit);
    account.set_amount(amount.expect("more than the total supply"));
}

pub fn deploy_contract(
    state: &mut StateUpdate,
    subject: &mut Subject,
    deploy: &DeployContractAction,
) {
    let account_id = subject.account_id;
    let account = subject.existing();
    let old = code_usage(state, account_id, account);
    let usage = account.storage_usage().saturating_sub(old) + deploy.code.len() as u64;
    account.set_storage_usage(usage);
    account
        .set_contract(AccountContract::Local(hash(&deploy.code)))
        .expect("accounts here are initialised");
    state.set(keys::code(account_id), deploy.code.as_slice().into());
}

/// Bytes billed for an account's code.
fn code_usage(state: &StateUpdate, account_id: &AccountId, account: &Account) -> u64 {
    match &*account.contract() {
        AccountContract::Local(_) => state.code(account_id).map_or(0, |code| code.len() as u64),
        other => other.identifier_storage_usage(),
    }
}

pub fn delete_account(
    state: &mut StateUpdate,
    subject: &mut Subject,
    delete: &DeleteAccountAction,
    result: &mut ActionResult,
) {
    let account_id = subject.account_id;
    let account = subject.existing();
    let usage = account
        .storage_usage()
        .saturating_sub(code_usage(state, account_id, account));
    if usage > Account::MAX_ACCOUNT_DELETION_STORAGE_USAGE {
        let account_id = account_id.clone();
        result.fail(ActionErrorKind::DeleteAccountWithLargeState { account_id });
        return;
    }
    let amount = account.amount();
    if amount > Balance::ZERO {
        let refund = Receipt::new_balance_refund(&delete.beneficiary_id, amount);
        result.new_receipts.push(refund);
    }
    state.remove_account(account_id);
    *subject.actor_id = subject.predecessor_id.clone();
    *subject.account = None;
}
