"""A suite as a user of near-kit's own pytest plugin writes it."""

from near import Near, actions
from near.keys import KeyPairSigner, generate_key


def test_balance__of_the_root(sandbox_near: Near) -> None:
    assert sandbox_near.balance() > 9_000 * 10**24


def test_transfer__reaches_a_new_account(sandbox_near: Near, near_sandbox: object) -> None:
    pair = generate_key()
    batch = [
        actions.create_account(),
        actions.transfer("5 NEAR"),
        actions.add_full_access_key(str(pair.public_key)),
    ]
    sandbox_near.send_transaction("suite.sandbox", batch)
    client = sandbox_near.with_signer(KeyPairSigner(account_id="suite.sandbox", key_pair=pair))
    client.send("sandbox", "1 NEAR")
    assert 3 * 10**24 < client.balance() < 4 * 10**24
