import { create, fromBinary, toBinary, type DescMessage } from "@bufbuild/protobuf";
import type { GeneratedType } from "@cosmjs/proto-signing";

import { messages, typeUrl } from "../registry.js";

/** What CosmJS asks of a generated type. Values are those of this package: `fromPartial` takes what `create` takes. */
function generated(message: DescMessage): GeneratedType {
  const type = {
    typeUrl: typeUrl(message),
    fromPartial: (value: Record<string, unknown>) => create(message, value),
    encode: (value: Record<string, unknown>) => ({ finish: () => toBinary(message, create(message, value)) }),
    decode: (bytes: Uint8Array) => fromBinary(message, bytes),
  };
  return type as unknown as GeneratedType; // CosmJS calls nothing of the writer but finish()
}

/** For `new Registry([...defaultRegistryTypes, ...registryTypes])`: every message of a transaction of creditd. */
export const registryTypes: readonly [string, GeneratedType][] = messages.map((message) => [typeUrl(message), generated(message)]);
