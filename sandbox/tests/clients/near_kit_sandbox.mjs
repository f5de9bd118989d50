// near-kit's own sandbox of a program: starts it, dumps, patches, restarts; prints what each step saw.
import { Near } from "near-kit";
import { Sandbox } from "near-kit/sandbox";

const [binaryPath] = process.argv.slice(2);
const seen = {};
const sandbox = await Sandbox.start({ binaryPath, detached: false });
const near = () => new Near({ network: sandbox, privateKey: sandbox.rootAccount.secretKey, defaultSignerId: sandbox.rootAccount.id });
seen.root = sandbox.rootAccount.id;
await near().transaction(sandbox.rootAccount.id).createAccount("kept.test.near").transfer("kept.test.near", "7 NEAR").send();
const balance = async (id) => Number((await near().getAccount(id)).balance);
seen.created = await balance("kept.test.near");
await sandbox.fastForward(30);
const snapshot = await sandbox.dumpState();
seen.records = snapshot.records.filter((record) => record.Account?.account_id === "kept.test.near").length;
await near().send("kept.test.near", "1 NEAR");
seen.paid = await balance("kept.test.near");
await sandbox.restoreState(snapshot);
seen.restored = await balance("kept.test.near");
await sandbox.restart(snapshot);
seen.restarted = await balance("kept.test.near");
await sandbox.restart();
seen.exists = await near().accountExists("kept.test.near");
await sandbox.stop();
console.log(JSON.stringify(seen));
