import { createRegistry, getOption, hasOption, type DescMessage, type Registry } from "@bufbuild/protobuf";
import { DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";

import { service as isMsgService } from "./gen/cosmos/msg/v1/msg_pb.js";
import { files } from "./gen/files.js";

/** Every type of creditd, and those of the SDK that a client needs: for values of type Any, and for JSON that has them. */
export const registry: Registry = createRegistry(...files, TimestampSchema, DurationSchema);

/** Every message that a transaction of creditd can carry, by service and in the order of the proto files. */
export const messages: DescMessage[] = files.flatMap((file) =>
  file.proto.package.startsWith("creditd.")
    ? file.services
        .filter((each) => hasOption(each, isMsgService) && getOption(each, isMsgService))
        .flatMap((each) => each.methods.map((method) => method.input))
    : [],
);

/** The type URL of a message, "/creditd.credit.v1.MsgFreeze" for instance. */
export const typeUrl = (of: DescMessage): string => `/${of.typeName}`;

/** The message that a type URL names. */
export function messageOf(url: string): DescMessage {
  const found = registry.getMessage(url.replace(/^.*\//, ""));
  if (!found) throw new Error(`${url} is no message that this client knows`);
  return found;
}
