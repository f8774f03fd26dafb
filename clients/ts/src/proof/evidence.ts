// What the state says about an attestation at one height: proof/evidence.go.
import {
  AccreditationSchema, AnchorSchema, BatchSchema, CheckpointSchema, SchemaSchema, Status, StatementSchema, StatusEntrySchema,
  type Accreditation, type Schema, type Statement, type StatusEntry,
} from "../gen/creditd/attestation/v1/types_pb.js";
import { InstitutionSchema, type Institution } from "../gen/creditd/institution/v1/types_pb.js";
import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { nanoseconds, type Time } from "../time.js";
import type { Bundle } from "./bundle.js";
import { equal, hex, join, unhex, unsigned } from "./bytes.js";
import { accountBytes, anchorLeaf, batchID, schemaID, statementDigest } from "./ids.js";
import { rootFromPath } from "./merkle.js";
import { decode } from "./proto.js";
import { checkDisclosure, type Field, type Kind, kinds } from "./record.js";
import type { ProvenState } from "./state.js";

const attestation = "attestation";
const institution = "institution";
/** Keys in the state: docs/proofs.md, Format. */
const prefix = { schema: 1, batch: 4, status: 5, anchor: 8, checkpoint: 10, accreditation: 11, institution: 1 };
const maxAccreditations = 16;
const maxFields = 64;
/** 1970 and 2200, between which statements name times. */
const [earliest, latest] = [0n, 7_258_118_400_000_000_000n];

/** An attestation that is there. */
export interface Present {
  schemaID: Uint8Array;
  issuer: string;
  statement: Statement;
  anchored: boolean;
  statedAt: Time;
  schema: Schema;
  institution: Institution;
  /** From the issuer's own up to the one by the members' vote; none under a schema that asks for none. */
  accreditations: { id: Uint8Array; node: Accreditation }[];
}

export interface Evidence {
  id: Uint8Array;
  status: StatusEntry;
  present?: Present;
  absent?: string; // why there is no such attestation
}

type Stated = Pick<Present, "schemaID" | "issuer" | "statement" | "anchored" | "statedAt"> & { operator: Uint8Array; accreditation: Uint8Array };

/** Reads all that is to be known of an attestation. */
export function collect(state: ProvenState, bundle: Bundle): Evidence {
  const id = unhex(bundle.id, 32);
  const found = readStatement(state, id, bundle.item);
  const status = value(state, StatusEntrySchema, join(Uint8Array.of(prefix.status), id)) ?? create(StatusEntrySchema, { status: Status.ACTIVE });
  if (typeof found === "string") {
    if (bundle.item) throw new Error("an item is shown of what is not there");
    if (bundle.disclosure) throw new Error("fields are disclosed of an attestation that is not there");
    return { id, status, absent: found };
  }
  const schema = value(state, SchemaSchema, join(Uint8Array.of(prefix.schema), found.schemaID));
  if (!schema) throw new Error("the state has no such schema");
  if (!equal(schemaID(schema), found.schemaID)) throw new Error(`the content of schema ${hex(found.schemaID)} has another id`);
  const encoded = state.read(institution, join(Uint8Array.of(prefix.institution), found.operator));
  if (!encoded) throw new Error(`the state has no institution ${found.issuer}`);
  const issuer = decode("institution", InstitutionSchema, encoded);
  const accreditations = readAccreditations(state, found.accreditation);
  if (bundle.disclosure) checkDisclosure(bundle.disclosure, found.schemaID, layout(schema), found.statement.commitment);
  return { id, status, present: { ...found, schema, institution: issuer, accreditations } };
}

/** Finds the attestation in a batch or under an anchor; a text says why it is not there. */
function readStatement(state: ProvenState, id: Uint8Array, item: Bundle["item"]): Stated | string {
  const [container, index] = [id.slice(0, 28), new DataView(id.buffer, id.byteOffset).getUint32(28)];
  const batch = value(state, BatchSchema, join(Uint8Array.of(prefix.batch), container));
  if (!batch) return readAnchor(state, container, index, item);
  const operator = statedBy(batch.schemaId, batch.issuer);
  batch.statements.forEach(checkStatement);
  if (!equal(batchID(batch.schemaId, operator, batch.accreditationId, batch.statements), container)) throw new Error("the content of the batch has another id");
  const statement = batch.statements[index];
  if (!statement) return `its batch has ${batch.statements.length} attestations`;
  if (item) throw new Error("an item is shown, and the attestation is in a batch");
  return {
    schemaID: batch.schemaId, issuer: batch.issuer, operator, statement, anchored: false, statedAt: batch.issuedAt!, accreditation: batch.accreditationId,
  };
}

function readAnchor(state: ProvenState, container: Uint8Array, index: number, item: Bundle["item"]): Stated | string {
  const anchor = value(state, AnchorSchema, join(Uint8Array.of(prefix.anchor), container));
  if (!anchor) return "there is no batch and no anchor that it would be in";
  if (index >= anchor.size) return `its anchor has ${anchor.size} attestations`;
  if (!item) throw new Error(`it is item ${index} of an anchor, which is kept off the chain: give the item with its path`);
  const operator = statedBy(anchor.schemaId, anchor.issuer);
  const checkpoint = value(state, CheckpointSchema, join(Uint8Array.of(prefix.checkpoint), container, unsigned(item.size, 4)));
  if (!checkpoint) throw new Error(`the state has no checkpoint of the anchor at size ${item.size}`);
  const statement = decode("statement", StatementSchema, item.statement);
  checkStatement(statement);
  const root = rootFromPath(anchorLeaf(statementDigest(statement)), index, item.size, item.path.map((node) => unhex(node, 32)));
  if (!root || !equal(root, checkpoint.root)) throw new Error(`the item and its path do not lead to the root that the anchor had at size ${item.size}`);
  return {
    schemaID: anchor.schemaId, issuer: anchor.issuer, operator, statement, anchored: true, statedAt: checkpoint.at!, accreditation: anchor.accreditationId,
  };
}

/** The bytes of the issuer's account. */
function statedBy(schema: Uint8Array, issuer: string): Uint8Array {
  checkID("schema_id", schema);
  return accountBytes(issuer);
}

function checkID(what: string, bytes: Uint8Array): void {
  if (bytes.length !== 32 || bytes.every((each) => each === 0)) throw new Error(`${what} is no id`);
}

/** Sizes and times, before anything is hashed. */
export function checkStatement(s: Statement): void {
  checkID("subject", s.subject);
  checkID("commitment", s.commitment);
  if (s.circuitCommitment.length !== 0 && s.circuitCommitment.length !== 32) throw new Error("circuit_commitment of a wrong length");
  if (s.amountCommitments.length > maxFields || s.amountCommitments.some((each) => each.length !== 32)) throw new Error("amount_commitments of wrong lengths");
  if (s.reference.length !== 0) checkID("reference", s.reference);
  const [from, until] = [s.validFrom, s.expiresAt].map((at) => at && nanoseconds(at));
  if ([from, until].some((at) => at !== undefined && (at < earliest || at >= latest))) throw new Error("a time that a statement cannot name");
  if (from !== undefined && until !== undefined && until <= from) throw new Error("expires_at is not after valid_from");
}

/** Walks up from a node to the one by the members' vote. */
function readAccreditations(state: ProvenState, first: Uint8Array): Present["accreditations"] {
  const path: Present["accreditations"] = [];
  for (let id = first; id.length > 0; id = path.at(-1)!.node.parent) {
    if (path.length === maxAccreditations) throw new Error(`more than ${maxAccreditations} accreditations above one another`);
    checkID("accreditation", id);
    const node = value(state, AccreditationSchema, join(Uint8Array.of(prefix.accreditation), id));
    if (!node) throw new Error(`the state has no accreditation ${hex(id)}`);
    path.push({ id, node });
  }
  return path;
}

/** An entry of x/attestation. */
function value<D extends DescMessage>(state: ProvenState, desc: D, key: Uint8Array): MessageShape<D> | undefined {
  const encoded = state.read(attestation, key);
  return encoded && decode(`value of ${hex(key)}`, desc, encoded);
}

function layout(schema: Schema): Field[] {
  const kindOf = (number: number): Kind => {
    const found = (Object.keys(kinds) as Kind[]).find((each) => kinds[each] === number);
    if (!found) throw new Error("the schema has a kind of field that does not exist");
    return found;
  };
  return schema.fields.map(({ name, kind }) => ({ name, kind: kindOf(kind) }));
}
