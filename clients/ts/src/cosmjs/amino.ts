// Messages as the JSON that hardware wallets show and sign: SIGN_MODE_LEGACY_AMINO_JSON, by the rules of the SDK's
// x/tx/signing/aminojson and the options in the proto. Nothing is written by hand for a message.
import {
  create, fromBinary, getOption, hasOption, isFieldSet, toBinary, type DescField, type DescMessage, type JsonObject, type JsonValue,
  type Message, ScalarType,
} from "@bufbuild/protobuf";
import { base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import { reflect, type ReflectMessage, type ReflectMessageGet } from "@bufbuild/protobuf/reflect";
import { AnySchema, TimestampSchema, type Any, type Duration, type Timestamp } from "@bufbuild/protobuf/wkt";

import { dont_omitempty, encoding, message_encoding, name as aminoName } from "../gen/amino/amino_pb.js";
import { scalar as scalarOption } from "../gen/cosmos_proto/cosmos_pb.js";
import { messageOf, messages, registry, typeUrl } from "../registry.js";
import { timeOf, timeText } from "../time.js";

/** A converter of one message, as CosmJS's AminoTypes takes it. */
export interface AminoConverter {
  readonly aminoType: string;
  readonly toAmino: (value: object) => JsonValue;
  readonly fromAmino: (value: JsonValue) => Message;
}

/** For `new AminoTypes({...createDefaultAminoConverters(), ...aminoConverters})`. */
export const aminoConverters: Readonly<Record<string, AminoConverter>> = Object.fromEntries(
  messages.map((message) => [
    typeUrl(message),
    { aminoType: aminoType(message), toAmino: (value) => toAmino(message, create(message, value as Record<string, unknown>)), fromAmino: (value) => fromAmino(message, value) },
  ]),
);

/** The name that amino JSON has for a message. */
export function aminoType(message: DescMessage): string {
  if (!hasOption(message, aminoName)) return typeUrl(message);
  return getOption(message, aminoName);
}

/** Bytes, base64 with padding. */
const encodeBytes = (bytes: Uint8Array): string => base64Encode(bytes);

export function toAmino(desc: DescMessage, message: Message): JsonValue {
  switch (desc.typeName) {
    case "google.protobuf.Timestamp":
      return timeText(message as Timestamp);
    case "google.protobuf.Duration": {
      const { seconds, nanos } = message as Duration;
      return String(seconds * 1_000_000_000n + BigInt(nanos));
    }
    case "google.protobuf.Any":
      return anyToAmino(message as Any);
  }
  const view = reflect(desc, message);
  if (keyAlone(desc)) return encodeBytes(view.get(desc.field.key!) as Uint8Array);
  if (desc.oneofs.some((oneof) => oneof.fields.length > 1)) throw new Error(`${desc.typeName}: amino JSON of a choice is not known`);
  const json: JsonObject = {};
  for (const field of desc.fields) {
    if (isFieldSet(message, field)) json[field.name] = fieldToAmino(field, view.get(field), view);
    else if (getOption(field, dont_omitempty)) json[field.name] = emptyToAmino(field);
  }
  return json;
}

/** A key is written as its bytes, without the name of the field. */
const keyAlone = (desc: DescMessage): boolean => hasOption(desc, message_encoding) && getOption(desc, message_encoding) === "key_field";

function anyToAmino({ typeUrl: url, value }: Any): JsonValue {
  const desc = messageOf(url);
  return { type: aminoType(desc), value: toAmino(desc, fromBinary(desc, value)) };
}

function fieldToAmino(field: DescField, value: ReflectMessageGet, view: ReflectMessage): JsonValue {
  switch (field.fieldKind) {
    case "message":
      return toAmino(field.message, (value as ReflectMessage).message);
    case "enum":
      return value as number;
    case "scalar":
      return scalarToAmino(field.scalar, value);
    case "list":
      return [...(view.get(field) as Iterable<unknown>)].map((each) =>
        field.listKind === "message" ? toAmino(field.message, (each as ReflectMessage).message)
          : field.listKind === "enum" ? (each as number) : scalarToAmino(field.scalar, each));
    default:
      throw new Error(`${String(field)}: amino JSON has no maps`);
  }
}

function scalarToAmino(type: ScalarType, value: unknown): JsonValue {
  if (value instanceof Uint8Array) return encodeBytes(value);
  if (typeof value === "bigint") return String(value);
  if (type === ScalarType.FLOAT || type === ScalarType.DOUBLE) throw new Error("amino JSON has no floating point");
  return value as JsonValue;
}

/** What stands for a field that is not set and may not be left out. */
function emptyToAmino(field: DescField): JsonValue {
  if (field.fieldKind === "list") {
    return hasOption(field, encoding) && ["legacy_coins", "null_slice_as_empty"].includes(getOption(field, encoding)) ? [] : null;
  }
  if (field.fieldKind === "message") throw new Error(`${String(field)} has to be given`);
  if (field.fieldKind === "enum") return 0;
  if (field.fieldKind !== "scalar") throw new Error(`${String(field)}: amino JSON has no maps`);
  if (hasOption(field, scalarOption) && getOption(field, scalarOption) === "cosmos.Int") return "0";
  switch (field.scalar) {
    case ScalarType.STRING:
      return "";
    case ScalarType.BYTES:
      return null;
    case ScalarType.BOOL:
      return false;
    case ScalarType.INT32:
    case ScalarType.UINT32:
      return 0;
    default:
      return "0";
  }
}

/** What a wallet gives back is read as what it was made from. */
export function fromAmino(desc: DescMessage, json: JsonValue): Message {
  switch (desc.typeName) {
    case "google.protobuf.Timestamp":
      return create(TimestampSchema, timeOf(text(json)));
    case "google.protobuf.Duration": {
      const nanoseconds = BigInt(text(json));
      return create(desc, { seconds: nanoseconds / 1_000_000_000n, nanos: Number(nanoseconds % 1_000_000_000n) });
    }
    case "google.protobuf.Any":
      return anyFromAmino(json as JsonObject);
  }
  const message = create(desc);
  const view = reflect(desc, message);
  if (keyAlone(desc)) {
    view.set(desc.field.key!, base64Decode(text(json)));
    return message;
  }
  for (const field of desc.fields) {
    const value = (json as JsonObject)[field.name];
    if (value !== undefined && value !== null) setFromAmino(view, field, value);
  }
  return message;
}

function setFromAmino(view: ReflectMessage, field: DescField, value: JsonValue): void {
  if (field.fieldKind === "list") {
    const list = view.get(field);
    for (const each of value as JsonValue[]) {
      list.add(field.listKind === "message" ? reflect(field.message, fromAmino(field.message, each))
        : field.listKind === "enum" ? (each as number) : scalarFromAmino(field.scalar, each));
    }
  } else if (field.fieldKind === "message") view.set(field, reflect(field.message, fromAmino(field.message, value)));
  else if (field.fieldKind === "enum") view.set(field, value as number);
  else if (field.fieldKind === "scalar") view.set(field, scalarFromAmino(field.scalar, value));
}

function scalarFromAmino(type: ScalarType, value: JsonValue): string | number | boolean | bigint | Uint8Array {
  if (type === ScalarType.BYTES) return base64Decode(text(value));
  if ([ScalarType.INT64, ScalarType.UINT64, ScalarType.SINT64, ScalarType.FIXED64, ScalarType.SFIXED64].includes(type)) return BigInt(text(value));
  return value as string | number | boolean;
}

const names = new Map<string, DescMessage>();

function anyFromAmino({ type, value }: JsonObject): Message {
  if (names.size === 0) for (const each of registry) if (each.kind === "message") names.set(aminoType(each), each);
  const desc = names.get(text(type));
  if (!desc) throw new Error(`amino JSON names ${String(type)}, which this client does not know`);
  return create(AnySchema, { typeUrl: typeUrl(desc), value: toBinary(desc, fromAmino(desc, value!)) });
}

function text(value: JsonValue | undefined): string {
  if (typeof value !== "string") throw new Error("amino JSON has something else where a text belongs");
  return value;
}
