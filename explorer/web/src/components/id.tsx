import { CopyButton, Tooltip, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { shorten } from "../lib/format";

/** An id: short on the screen, whole when copied or printed; a link when there is a page about it. */
export function Id({ value, to, whole = false }: { value: string; to?: string; whole?: boolean }) {
  const { t } = useTranslation();
  const short = shorten(value);
  const text = whole || short === value ? (
    value
  ) : (
    <>
      <span className="short">{short}</span>
      <span className="whole">{value}</span>
    </>
  );
  return (
    <span className="id" title={value}>
      {to ? <Link to={to}>{text}</Link> : text}{" "}
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t("copy.done") : t("copy.do")}>
            <UnstyledButton className="no-print" onClick={copy} aria-label={`${t("copy.do")}: ${shorten(value)}`}>
              <svg viewBox="0 0 16 16" width="13" height="13" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden>
                {copied ? <path d="M3 8.5 6.5 12 13 4.5" /> : <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />}
              </svg>
            </UnstyledButton>
          </Tooltip>
        )}
      </CopyButton>
    </span>
  );
}
