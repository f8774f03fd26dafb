import { fromBinary, getOption, hasOption, toBinary, type DescMessage, type Message, type MessageShape } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";

import { nullable } from "../gen/gogoproto/gogo_pb.js";
import { equal } from "./bytes.js";

/**
 * Reads a message in its one encoding: what has fields that this program does not know, or fields out of order or spelled
 * at length, is refused, since not every byte of it would count.
 */
export function decode<D extends DescMessage>(what: string, desc: D, encoded: Uint8Array): MessageShape<D> {
  let message: MessageShape<D>;
  try {
    message = fromBinary(desc, encoded);
    complete(reflect(desc, message));
  } catch (cause) {
    throw new Error(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (!equal(toBinary(desc, message, { writeUnknownFields: false }), encoded)) {
    throw new Error(`${what}: not in its one encoding, or with fields that this program does not know: use a newer one`);
  }
  return message;
}

/** The parts that are no pointers in Go are always written there, empty or not; times and durations have a range. */
function complete(view: ReflectMessage): void {
  if (view.desc.typeName === "google.protobuf.Timestamp") return checkTime(view.message as Message & Timestamp);
  if (view.desc.typeName === "google.protobuf.Duration") return checkDuration(view.message as Message & Duration);
  for (const field of view.desc.fields) {
    if (field.fieldKind === "message") {
      if (view.isSet(field)) complete(view.get(field));
      else if (hasOption(field, nullable) && !getOption(field, nullable)) throw new Error(`${field.name} is missing`);
    } else if (field.fieldKind === "list" && field.listKind === "message") {
      for (const each of view.get(field)) complete(each as ReflectMessage);
    }
  }
}

function checkTime({ seconds, nanos }: Timestamp): void {
  if (seconds < -62_135_596_800n || seconds >= 253_402_300_800n || nanos < 0 || nanos >= 1e9) throw new Error("a time out of range");
}

/** What Go's time.Duration holds, in one encoding: both parts have the sign of the whole. */
function checkDuration({ seconds, nanos }: Duration): void {
  const whole = seconds * 1_000_000_000n + BigInt(nanos);
  const signs = (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0);
  if (signs || Math.abs(nanos) >= 1e9 || BigInt.asIntN(64, whole) !== whole) throw new Error("a duration out of range");
}
