// near-api-js through the whole journey; prints what each step saw as one JSON object.
import { readFileSync } from "node:fs";
import { Account, JsonRpcProvider, KeyPair, KeyPairSigner, actions, nearToYocto } from "near-api-js";

const [url, wasmPath, rootKey] = process.argv.slice(2);
const provider = new JsonRpcProvider({ url });
const root = new Account("sandbox", provider, rootKey);
const id = "near-api-js.sandbox";
const key = KeyPair.fromRandom("ed25519");
const seen = {};
const failure = async (promise) => {
  try {
    await promise;
    return { name: "none" };
  } catch (error) {
    return { name: error.constructor.name, text: `${error.message} ${JSON.stringify(error)}` };
  }
};

const created = await root.createAccount({
  newAccountId: id,
  publicKey: key.getPublicKey(),
  nearToTransfer: nearToYocto("20"),
});
seen.create_account = created.final_execution_status;
const account = new Account(id, provider, new KeyPairSigner(key));
await account.deployContract(readFileSync(wasmPath));
seen.deploy = (await account.getContractCode()).code.length;
seen.call = await account.callFunction({ contractId: id, methodName: "echo", args: { n: 1 } });
seen.contract_panic = await failure(account.callFunction({ contractId: id, methodName: "refuse", args: {} }));
await account.callFunction({ contractId: id, methodName: "put", args: { n: 2 } });
seen.view = await provider.callFunction({ contractId: id, method: "get", args: {} });
const before = (await root.getState()).balance.total;
await account.transfer({ receiverId: "sandbox", amount: nearToYocto("3") });
seen.transfer = Number((await root.getState()).balance.total - before) / 1e24;
seen.unknown_account = await failure(provider.viewAccount({ accountId: "nobody.sandbox" }));
const pay = (amount) =>
  account.createSignedTransaction({ receiverId: "sandbox", actions: [actions.transfer(amount)] });
const stale = await pay(1n);
await provider.sendTransaction(await pay(2n));
seen.bad_nonce = await failure(provider.sendTransaction(stale));
console.log(JSON.stringify(seen));
