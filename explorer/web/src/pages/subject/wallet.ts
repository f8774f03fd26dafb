// Who signs: a key of this browser, or Keplr. Loaded when the page is opened, with the code that signs.
import { DirectSecp256k1HdWallet, type OfflineSigner } from "@creditd/client/keys";
import { Rest } from "@creditd/client/rest";
import { Sender } from "@creditd/client/tx/sender";

import { get } from "../../api/client";
import type { Block } from "../../api/types";

const prefix = "credit";

/** An account that can sign. */
export interface Wallet {
  address: string;
  sender: Sender;
  by: "browser" | "keplr";
}

/** What Keplr puts into pages; the part that is used. */
interface Keplr {
  experimentalSuggestChain: (info: object) => Promise<void>;
  enable: (chainId: string) => Promise<void>;
  getOfflineSignerAuto: (chainId: string) => Promise<OfflineSigner>;
}

declare global {
  interface Window {
    keplr?: Keplr;
  }
}

export const hasKeplr = (): boolean => window.keplr !== undefined;

const chainId = async (): Promise<string> =>
  (await get<Block>("/cosmos/base/tendermint/v1beta1/blocks/latest")).block.header.chain_id;

export async function newWords(): Promise<string> {
  return (await DirectSecp256k1HdWallet.generate(24, { prefix })).mnemonic;
}

/** Throws unless the words are 12 to 24 of the list, with a checksum that fits. */
export async function fromWords(words: string): Promise<Wallet> {
  const signer = await DirectSecp256k1HdWallet.fromMnemonic(words.trim().toLowerCase().split(/\s+/).join(" "), { prefix });
  return wallet(signer, await chainId(), "browser");
}

export async function fromKeplr(): Promise<Wallet> {
  const keplr = window.keplr;
  if (!keplr) throw new Error("Keplr is not in this browser.");
  const id = await chainId();
  await keplr.experimentalSuggestChain(describe(id));
  await keplr.enable(id);
  return wallet(await keplr.getOfflineSignerAuto(id), id, "keplr");
}

async function wallet(signer: OfflineSigner, chain: string, by: Wallet["by"]): Promise<Wallet> {
  const [account] = await signer.getAccounts();
  if (!account) throw new Error("The wallet has no account for this chain.");
  return { address: account.address, sender: new Sender(new Rest(""), chain, signer, account.address), by };
}

/** As `creditd chain-info --format keplr`. The node's RPC is taken to be on the same machine, on its usual port. */
function describe(id: string): object {
  const currency = { coinDenom: "CREDIT", coinMinimalDenom: "ucredit", coinDecimals: 6 };
  return {
    chainId: id, chainName: id, rest: location.origin, rpc: `${location.protocol}//${location.hostname}:26657`, bip44: { coinType: 118 },
    bech32Config: {
      bech32PrefixAccAddr: prefix, bech32PrefixAccPub: `${prefix}pub`, bech32PrefixValAddr: `${prefix}valoper`,
      bech32PrefixValPub: `${prefix}valoperpub`, bech32PrefixConsAddr: `${prefix}valcons`, bech32PrefixConsPub: `${prefix}valconspub`,
    },
    currencies: [currency], stakeCurrency: currency, feeCurrencies: [{ ...currency, gasPriceStep: { low: 0, average: 0, high: 0 } }],
  };
}
