import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Message } from "../api/types";
import { hexOf } from "../lib/bytes";
import { useWords } from "../lib/use-words";
import { Party } from "./institution";
import { Id } from "./id";

/** "/creditd.credit.v1.MsgGrantConsent" is "credit.GrantConsent" in the texts. */
export function kindOf(message: Message): string {
  const [, module = "", name = ""] = /(\w+)\.v\d+(?:beta\d+)?\.Msg(\w+)$/.exec(message["@type"]) ?? [];
  return name ? `${module}.${name}` : message["@type"];
}

/** What a message does, in words. A message without a sentence of its own is named by its type, split into words. */
export function Sentence({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const kind = kindOf(message);
  const key = `message.${kind.replace(".", "-")}`;
  if (!i18n.exists(key)) return <>{kind.replace(/^.*\./, "").replace(/([a-z])([A-Z])/g, "$1 $2")}</>;
  // "{operator}" is that field, shown as what it is: an account, an id in bytes, a number of things.
  const parts = t(key).split(/\{(\w+)\}/);
  return (
    <>
      {parts.map((part, i) => (
        <Fragment key={i}>{i % 2 ? <Field value={message[part]} name={part} /> : part}</Fragment>
      ))}
    </>
  );
}

const ids = /^[A-Za-z0-9+/]{38,48}={0,2}$/; // 28, 32 or 36 bytes in base64

function Field({ name, value }: { name: string; value: unknown }): ReactNode {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== "string") return value === undefined ? "–" : String(value);
  if (/^credit1[0-9a-z]+$/.test(value)) return <Party address={value} />;
  if (ids.test(value)) {
    const hex = hexOf(value);
    return <Id value={hex} />;
  }
  return /purpose|status|role|reason/.test(name) ? <Word value={value} /> : value;
}

function Word({ value }: { value: string }) {
  return useWords()(value, /^(PURPOSE|DISPUTE_REASON|ROLE)_/.exec(value)?.[0]);
}
