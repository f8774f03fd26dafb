import { TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { find } from "./find";

/** Takes any height, hash, address, licence number, schema, attestation, inquiry. Nothing typed here goes anywhere but to the node. */
export function Search() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [nothing, setNothing] = useState(false);
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    const to = await find(text.trim());
    setNothing(to === undefined);
    if (to !== undefined) {
      setText("");
      await navigate({ to });
    }
  };
  return (
    <form role="search" onSubmit={(event) => void submit(event)} style={{ flex: 1, maxWidth: 520 }}>
      <TextInput
        type="search"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setNothing(false);
        }}
        placeholder={t("search.placeholder")}
        aria-label={t("search.label")}
        error={nothing ? t("search.nothing") : undefined}
        errorProps={{ style: { position: "absolute", background: "var(--mantine-color-body)", padding: "0 0.5rem" } }}
      />
    </form>
  );
}
