// near-kit for TypeScript through the whole journey; prints what each step saw as one JSON object.
import { readFileSync } from "node:fs";
import { generateKey, Near } from "near-kit";

const [url, wasmPath, rootKey] = process.argv.slice(2);
const network = { rpcUrl: url, networkId: "localnet" };
const root = new Near({ network, privateKey: rootKey, defaultSignerId: "sandbox" });
const id = "near-kit-ts.sandbox";
const key = generateKey();
const seen = {};
const failure = async (promise) => {
  try {
    await promise;
    return { name: "none" };
  } catch (error) {
    return { name: error.constructor.name, text: `${error.message} ${JSON.stringify(error)}` };
  }
};

const created = await root
  .transaction("sandbox")
  .createAccount(id)
  .transfer(id, "20 NEAR")
  .addKey(key.publicKey.toString(), { type: "fullAccess" })
  .send();
seen.create_account = created.final_execution_status;
const near = new Near({ network, privateKey: key.secretKey, defaultSignerId: id });
await near.transaction(id).deployContract(id, readFileSync(wasmPath)).send();
seen.deploy = (await near.getContractCode(id)).code.length;
const called = await near.call(id, "echo", { n: 1 });
seen.call = JSON.parse(atob(called.status.SuccessValue));
seen.contract_panic = await failure(near.call(id, "refuse", {}));
await near.call(id, "put", { n: 2 });
seen.view = await near.view(id, "get", {});
const before = Number((await root.getAccount("sandbox")).balance);
await near.send("sandbox", "3 NEAR");
seen.transfer = Math.round(Number((await root.getAccount("sandbox")).balance) - before);
seen.unknown_account = await failure(near.getAccount("nobody.sandbox"));
const first = await near.transaction(id).transfer("sandbox", "1 yocto").sign();
await near.send("sandbox", "2 yocto");
seen.bad_nonce = await failure(near.rpc.sendTransaction(first.serialize(), "EXECUTED_OPTIMISTIC"));
console.log(JSON.stringify(seen));
