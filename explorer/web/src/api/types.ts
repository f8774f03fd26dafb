// The parts of the node's answers that pages show. Field names are those of the proto files.

export interface Page {
  next_key: string | null;
  total: string;
}

export type LicenceStatus =
  | "LICENCE_STATUS_ACTIVE"
  | "LICENCE_STATUS_SUSPENDED"
  | "LICENCE_STATUS_REVOKED"
  | "LICENCE_STATUS_EXPIRED";

export interface Institution {
  operator: string;
  name: string;
  licence_number: string;
  jurisdiction: string;
  roles: string[];
  status: LicenceStatus;
  valid_from: string;
  valid_until: string | null;
}

export interface BlockHeader {
  chain_id: string;
  height: string;
  time: string;
  app_hash: string;
  proposer_address: string;
}

export interface Block {
  block_id: { hash: string };
  block: { header: BlockHeader; data: { txs: string[] } };
}

export interface Coin {
  denom: string;
  amount: string;
}

export interface Message {
  "@type": string;
  [field: string]: unknown;
}

export interface Tx {
  body: { messages: Message[]; memo: string };
  auth_info: { fee: { amount: Coin[]; gas_limit: string; granter: string } };
}

export interface TxEvent {
  type: string;
  attributes: { key: string; value: string }[];
}

export interface TxResponse {
  height: string;
  txhash: string;
  code: number;
  codespace: string;
  raw_log: string;
  gas_wanted: string;
  gas_used: string;
  timestamp: string;
  events: TxEvent[];
  tx?: Tx;
}
