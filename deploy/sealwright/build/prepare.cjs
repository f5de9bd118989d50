// node prepare.cjs LINKED_WASM MEMORY_FILE
//
// Imports the contract's modules (contract_prepare) and writes the memory that is in use afterwards.
// Every host function refuses: at build time there is no call to ask about.
"use strict";
const fs = require("fs");

const [source, target] = process.argv.slice(2);
const module_ = new WebAssembly.Module(fs.readFileSync(source));
const imports = {};
let memory;

function text(length, pointer) {
  return Buffer.from(memory.buffer, Number(pointer), Number(length)).toString();
}

for (const { module: space, name } of WebAssembly.Module.imports(module_)) {
  imports[space] = imports[space] || {};
  imports[space][name] = () => {
    throw new Error(`host: a module calls ${name} while it is imported`);
  };
}
// What a failed import prints is the reason.
imports.env.log_utf8 = (length, pointer) => process.stderr.write(text(length, pointer) + "\n");
imports.env.panic_utf8 = (length, pointer) => {
  throw new Error(text(length, pointer));
};

// What an instrumented build reports.
const reported = [];
imports.env.sandbox_debug_log = (length, pointer) => reported.push(text(length, pointer));

const contract = new WebAssembly.Instance(module_, imports).exports;
memory = contract.memory;
try {
  const end = contract.contract_prepare();
  if (end === 0) {
    process.exit(1);
  }
  fs.writeFileSync(target, Buffer.from(memory.buffer, 0, end));
  fs.writeSync(1, reported.map((line) => line + "\n").join(""));
} catch (error) {
  process.stderr.write(error.message + "\n");
  process.exit(1);
}
