import { useTranslation } from "react-i18next";

import { relative, utc } from "../lib/format";

/** A time of the chain: how long ago, and the exact time in the title and for print. */
export function Time({ at, exact = false }: { at: string; exact?: boolean }) {
  const { i18n } = useTranslation();
  const time = new Date(at);
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() < 1970) return <>–</>;
  return (
    <time dateTime={time.toISOString()} title={`${utc(time)} UTC`}>
      {exact ? `${utc(time)} UTC` : relative(time, new Date(), i18n.language)}
    </time>
  );
}
