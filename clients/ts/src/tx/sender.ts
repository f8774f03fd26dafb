import type { Message } from "@bufbuild/protobuf";
import type { OfflineSigner } from "@cosmjs/proto-signing";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import { ApiError, Expired, OutcomeUnknown, TxError } from "../errors.js";
import { Query as Auth } from "../gen/cosmos/auth/v1beta1/query_pb.js";
import type { TxResponse } from "../gen/cosmos/base/abci/v1beta1/abci_pb.js";
import { Service as Blocks } from "../gen/cosmos/base/tendermint/v1beta1/query_pb.js";
import { BroadcastMode, Service as Txs } from "../gen/cosmos/tx/v1beta1/service_pb.js";
import { nanoseconds } from "../time.js";
import { Rest, type Client } from "../rest.js";
import { fromHex } from "@cosmjs/encoding";
import { fromBinary } from "@bufbuild/protobuf";
import { TxMsgDataSchema } from "../gen/cosmos/base/abci/v1beta1/abci_pb.js";
import { answerOf, sign, signsDirect, unsigned, type Msg, type Terms } from "./sign.js";

/** A transaction in a block. */
export interface Result {
  hash: string;
  height: bigint;
  gasUsed: bigint;
  /** What the messages answered, in their order. */
  answers: Message[];
}

export interface SendOptions {
  /** Gas limit; a simulation with a third more if it is left out. */
  gas?: bigint;
  /** In sequence: one after another. Unordered unless the signer signs amino JSON. */
  ordered?: boolean;
  memo?: string;
  granter?: string;
  signal?: AbortSignal;
}

export interface SenderOptions {
  /** Seconds until an unordered transaction is void. */
  life?: number;
  /** Milliseconds between two looks for the outcome. */
  poll?: number;
}

/** Refusals that are for the present block only: the mempool is full (SDK), the block's gas budget is used up (app). */
const busy = (e: TxError): boolean => e.is("sdk", 20) || e.is("creditd", 3);
const wrongSequence = (e: TxError): boolean => e.is("sdk", 32);
const outOfGas = (e: TxError): boolean => e.is("sdk", 11);
const alreadyThere = (e: TxError): boolean => e.is("sdk", 19);
const maxTries = 5;

/**
 * Signs, broadcasts and waits until the transaction is in a block. It tries again by itself where nothing can happen
 * twice: at a busy node, out of gas (with half as much again), out of sequence, and the same bytes when a broadcast was
 * not answered. The node needs its index of transactions.
 */
export class Sender {
  private readonly auth: Client<typeof Auth>;
  private readonly txs: Client<typeof Txs>;
  private readonly blocks: Client<typeof Blocks>;
  private readonly life: bigint;
  private readonly poll: number;
  private lastTimeout = 0n;

  constructor(readonly rest: Rest, readonly chainId: string, readonly signer: OfflineSigner, readonly address: string, o: SenderOptions = {}) {
    [this.auth, this.txs, this.blocks] = [rest.service(Auth), rest.service(Txs), rest.service(Blocks)];
    [this.life, this.poll] = [BigInt(o.life ?? 60) * 1_000_000_000n, o.poll ?? 400];
  }

  /** Rejects with TxError, Expired or OutcomeUnknown; any other error says that nothing was sent. */
  async send(messages: Msg[], o: SendOptions = {}): Promise<Result> {
    let gas = o.gas;
    for (let tries = 1; ; tries++) {
      const terms = await this.terms(o, gas);
      if (gas === undefined) terms.gas = gas = await this.simulate(messages, terms);
      const signed = await sign(this.signer, this.address, messages, terms);
      try {
        return await this.deliver(signed, "until" in terms.order ? terms.order.until : undefined, o.signal);
      } catch (e) {
        if (!(e instanceof TxError) || tries === maxTries) throw e;
        if (outOfGas(e)) gas = (gas * 3n) / 2n;
        else if (!wrongSequence(e) || e.height > 0n) throw e;
      }
    }
  }

  private async terms(o: SendOptions, gas = 0n): Promise<Terms> {
    const { info } = await this.auth.accountInfo({ address: this.address }, { ...(o.signal && { signal: o.signal }) });
    if (!info) throw new Error(`account ${this.address} is not on the chain`);
    const ordered = o.ordered ?? !signsDirect(this.signer);
    return {
      chainId: this.chainId, account: info.accountNumber, gas, order: ordered ? { sequence: info.sequence } : { until: this.timeout() },
      ...(o.memo && { memo: o.memo }), ...(o.granter && { granter: o.granter }),
    };
  }

  /** The timeout is also the nonce: all are different, with a random start for each so that several may sign for one account. */
  private timeout(): bigint {
    const jitter = BigInt(crypto.getRandomValues(new Uint32Array(1))[0]! % 1_000_000_000);
    const next = BigInt(Date.now()) * 1_000_000n + this.life + jitter;
    this.lastTimeout = next > this.lastTimeout ? next : this.lastTimeout + 1n;
    return this.lastTimeout;
  }

  private async simulate(messages: Msg[], terms: Terms): Promise<bigint> {
    const account = (await this.signer.getAccounts()).find((each) => each.address === this.address);
    if (!account) throw new Error(`the signer has no key of ${this.address}`);
    const { gasInfo } = await this.txs.simulate({ txBytes: unsigned(messages, account.pubkey, terms) });
    return ((gasInfo?.gasUsed ?? 0n) * 4n) / 3n + 10_000n;
  }

  /** Broadcasts until a node took it, and waits for its block. */
  private async deliver(txBytes: Uint8Array, until: bigint | undefined, signal?: AbortSignal): Promise<Result> {
    const hash = bytesToHex(sha256(txBytes)).toUpperCase();
    let uncertain = false; // from the first broadcast without an answer on, only blocks count
    for (let taken = false; !taken; ) {
      signal?.throwIfAborted();
      try {
        const { txResponse } = await this.txs.broadcastTx({ txBytes, mode: BroadcastMode.SYNC });
        const refused = refusal(txResponse!);
        if (!refused || alreadyThere(refused)) taken = true;
        else if (uncertain) break;
        else if (!busy(refused)) throw refused;
      } catch (e) {
        if (!(e instanceof ApiError) || !e.unreachable) throw e;
        uncertain = true;
        if (await this.over(until)) throw new OutcomeUnknown(hash, e);
      }
      if (!taken) await this.pause(signal);
    }
    return this.outcome(hash, until, signal);
  }

  private async outcome(hash: string, until: bigint | undefined, signal?: AbortSignal): Promise<Result> {
    const giveUp = Date.now() + 5 * 60_000;
    for (;;) {
      signal?.throwIfAborted();
      const over = await this.over(until); // before the look: what is not there then never comes
      try {
        const { txResponse } = await this.txs.getTx({ hash });
        const refused = refusal(txResponse!);
        if (refused) throw refused;
        return result(txResponse!);
      } catch (e) {
        if (!(e instanceof ApiError) || !(e.notFound || e.unreachable)) throw e;
        if (e.notFound && over) throw new Expired(hash);
        if (Date.now() > giveUp) throw new OutcomeUnknown(hash, e);
      }
      await this.pause(signal);
    }
  }

  /** Whether the chain's time is past the timeout. The index may be a block behind, so that a second is added. */
  private async over(until: bigint | undefined): Promise<boolean> {
    if (until === undefined || BigInt(Date.now()) * 1_000_000n < until) return false;
    const time = await this.blocks.getLatestBlock({}).then(({ sdkBlock }) => sdkBlock?.header?.time, () => undefined);
    return time !== undefined && nanoseconds(time) > until + 1_000_000_000n;
  }

  private pause(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, this.poll);
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      }, { once: true });
    });
  }
}

function refusal(r: TxResponse): TxError | undefined {
  return r.code === 0 ? undefined : new TxError(r.codespace, r.code, r.rawLog, r.txhash, r.height);
}

const result = (r: TxResponse): Result => ({
  hash: r.txhash, height: r.height, gasUsed: r.gasUsed,
  answers: fromBinary(TxMsgDataSchema, fromHex(r.data)).msgResponses.map(answerOf),
});
