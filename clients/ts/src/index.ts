export { ApiError, Expired, OutcomeUnknown, TxError, type ErrorEnvelope } from "./errors.js";
export { pages, Rest, type CallOptions, type Client } from "./rest.js";
export { messageOf, messages, registry, typeUrl } from "./registry.js";
export { registryTypes } from "./cosmjs/registry.js";
export { aminoConverters, type AminoConverter } from "./cosmjs/amino.js";
export { Sender, type Result, type SenderOptions, type SendOptions } from "./tx/sender.js";
export { sign, type Msg, type Terms } from "./tx/sign.js";
export { timeAt, timeOf, timeText, type Time } from "./time.js";
export * as proof from "./proof/index.js";
