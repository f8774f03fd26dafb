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

export interface Field {
  name: string;
  kind: string;
  unit: string;
  disclosable: boolean;
  circuit: boolean;
  summed: boolean;
}

export interface Schema {
  id: string;
  name: string;
  version: number;
  fields: Field[];
  revocable: boolean;
  issuer_roles: string[];
  creator: string;
  accredited: boolean;
  issuers: string[];
  json_schema: string;
  deprecated_at: string | null;
}

export interface Attestation {
  id: string;
  schema_id: string;
  issuer: string;
  subject: string;
  commitment: string;
  status: string;
  issued_at: string;
  expires_at: string | null;
  status_since: string | null;
  reason: string;
  superseded_by: string;
  valid_from: string | null;
  circuit_commitment: string;
  amount_commitments: string[];
  reference: string;
  accreditation_id: string;
  anchored: boolean;
}

export interface Verdict {
  attestation: Attestation;
  validity: string;
  standing: string;
  standing_since: string | null;
  height: string;
  time: string;
}

export interface Accreditation {
  id: string;
  parent: string;
  grantee: string;
  accreditor: boolean;
  issuer: boolean;
  schema_ids: string[];
  jurisdictions: string[];
  valid_from: string;
  valid_until: string;
  status: string;
  depth: number;
}

export interface Contract {
  id: string;
  name: string;
  version: number;
  author: string;
  code: {
    trigger: string;
    condition: string;
    check_after_days: number;
    check: string;
    action: string;
    annotation: string;
    cost_limit: string;
  };
  status: string;
  status_since: string;
}

export interface ContractRun {
  height: string;
  ref: string;
  time: string;
  subject: string;
  outcome: string;
  cost: string;
  check: boolean;
  error: string;
}
