// What a subject signs here, made with the types of clients/ts. Loaded with the first signature.
import { create } from "@creditd/client/index";
import { MsgClaimControlSchema, MsgFreezeSchema, MsgLiftFreezeSchema, MsgWithdrawConsentSchema } from "@creditd/client/gen/creditd/credit/v1/tx_pb";

const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export const freeze = (controller: string, subject: string) => create(MsgFreezeSchema, { controller, subject: bytes(subject) });
export const lift = (controller: string, subject: string) => create(MsgLiftFreezeSchema, { controller, subject: bytes(subject) });
export const claim = (controller: string, subject: string) => create(MsgClaimControlSchema, { controller, subject: bytes(subject) });
export const withdraw = (controller: string, subject: string, id: string) =>
  create(MsgWithdrawConsentSchema, { controller, subject: bytes(subject), id: bytes(id) });
