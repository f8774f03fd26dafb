// The quick start of README.md as it stands, and what it does not show, against a live devnet. CREDITD_API, CREDITD_WORDS and
// CREDITD_SUBJECT name it; `make test-explorer` starts one and sets them. Refuses to run without them: `npm test` leaves this file out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { ApiError, create, Rest, Sender, TxError, type Result } from "./index.js";
import { DirectSecp256k1HdWallet, Secp256k1HdWallet, type OfflineSigner } from "./keys.js";
import { Service as Blocks } from "./gen/cosmos/base/tendermint/v1beta1/query_pb.js";
import { Query as Credit } from "./gen/creditd/credit/v1/query_pb.js";
import { MsgFreezeSchema, MsgLiftFreezeSchema } from "./gen/creditd/credit/v1/tx_pb.js";
import { repository } from "./testing.js";

const { CREDITD_API: api, CREDITD_WORDS: words, CREDITD_SUBJECT: subject } = process.env;

if (!api || !words || !subject) throw new Error("name a live devnet with CREDITD_API, CREDITD_WORDS and CREDITD_SUBJECT, or run `make test-explorer`");

const rest = new Rest(api);
const credit = rest.service(Credit);
const bytes = Buffer.from(subject, "hex");

test("the quick start runs as it stands", () => {
  const readme = readFileSync(join(repository(), "clients/ts/README.md"), "utf8");
  const block = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const file = join(dirname(fileURLToPath(import.meta.url)), "quickstart.mjs"); // inside the package, so that it finds itself by name
  writeFileSync(file, block.replaceAll("!", ""));
  const said = execFileSync(process.execPath, [file], { encoding: "utf8" });
  assert.match(said, /Aldermoor Bank DEV-BANK-A/);
  assert.match(said, /since:/);
});

test("sending in sequence and unordered, with protobuf and with amino JSON", async () => {
  const { sdkBlock } = await rest.service(Blocks).getLatestBlock({});
  const chainId = sdkBlock!.header!.chainId;
  for (const kind of [DirectSecp256k1HdWallet, Secp256k1HdWallet]) {
    const signer: OfflineSigner = await kind.fromMnemonic(words, { prefix: "credit" });
    const [account] = await signer.getAccounts();
    const sender: Sender = new Sender(rest, chainId, signer, account!.address);
    const controller = account!.address;
    if (!(await credit.subject({ subject })).subject!.freeze) await sender.send([create(MsgFreezeSchema, { controller, subject: bytes })]);
    const lifted: Result = await sender.send([create(MsgLiftFreezeSchema, { controller, subject: bytes })], { ordered: true });
    assert.equal(lifted.answers.length, 1);
    assert.equal((await credit.subject({ subject })).subject!.freeze, undefined);
    await assert.rejects(sender.send([create(MsgFreezeSchema, { controller, subject: new Uint8Array(32).fill(1) })], { gas: 200_000n }), TxError);
  }
});

test("errors have the envelope", async () => {
  await assert.rejects(credit.subject({ subject: "ab".repeat(32) }), (e) => e instanceof ApiError && e.notFound && e.envelope.codespace !== undefined);
  await assert.rejects(new Rest("http://127.0.0.1:9").service(Credit).params({}), (e) => e instanceof ApiError && e.unreachable);
});
