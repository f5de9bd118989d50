// @near-js/jsonrpc-client, which signs nothing: it sends what it is given. Prints what each step saw.
import {
  broadcastTxCommit,
  NearRpcClient,
  sendTx,
  status,
  tx,
  viewAccount,
  viewFunctionAsJson,
} from "@near-js/jsonrpc-client";
import { readFileSync } from "node:fs";

const [url, signedPath] = process.argv.slice(2);
const signed = JSON.parse(readFileSync(signedPath));
const client = new NearRpcClient({ endpoint: url, retries: 0 });
const id = signed.account_id;
const seen = {};
const failure = async (promise) => {
  try {
    await promise;
    return { name: "none" };
  } catch (error) {
    return { name: error.constructor.name, text: `${error.message} ${JSON.stringify(error)}` };
  }
};
const send = (name) => sendTx(client, { signedTxBase64: signed[name], waitUntil: "EXECUTED_OPTIMISTIC" });

seen.chain_id = (await status(client)).chainId;
seen.create_account = (await send("create_account")).finalExecutionStatus;
seen.deploy = (await viewAccount(client, { accountId: id, finality: "final" })).codeHash !== "1".repeat(32);
const called = await broadcastTxCommit(client, { signedTxBase64: signed.call });
seen.call = JSON.parse(atob(called.status.SuccessValue));
const refused = await send("contract_panic");
seen.contract_panic = JSON.stringify(refused.status);
await send("put");
seen.view = await viewFunctionAsJson(client, { accountId: id, methodName: "get", finality: "final" });
const before = BigInt((await viewAccount(client, { accountId: id, finality: "final" })).amount);
const paid = await send("transfer");
const after = BigInt((await viewAccount(client, { accountId: id, finality: "final" })).amount);
seen.transfer = Number(after - before) / 1e24;
const again = { txHash: paid.transaction.hash, senderAccountId: "sandbox", waitUntil: "FINAL" };
seen.tx = (await tx(client, again)).finalExecutionStatus;
seen.unknown_account = await failure(viewAccount(client, { accountId: "nobody.sandbox", finality: "final" }));
await send("newer");
seen.bad_nonce = await failure(send("bad_nonce"));
console.log(JSON.stringify(seen));
