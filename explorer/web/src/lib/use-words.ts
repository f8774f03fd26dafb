import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { words } from "./format";

/** A value of an enum in words: its own text, that of its name without the prefix, else the name itself. */
export function useWords(): (value: string, prefix?: string) => string {
  const { t } = useTranslation();
  return useCallback((value, prefix = "") => t([`word.${value}`, `word.${value.replace(prefix, "")}`], { defaultValue: words(value, prefix) }), [t]);
}
