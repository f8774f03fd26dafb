import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { use } from "../i18n";

/** One button: there are two languages. It is labelled in the language it leads to. */
export function Language() {
  const { i18n } = useTranslation();
  const other = i18n.language === "en" ? "zh" : "en";
  return (
    <Button variant="default" size="compact-md" lang={other} onClick={() => void use(other)}>
      {other === "zh" ? "中文" : "English"}
    </Button>
  );
}
