import { NavLink, Paper, TextInput } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Found } from "../api/indexer";
import { shorten } from "../lib/format";
import { find } from "./find";

/** Takes any height, hash, address, licence number, schema, attestation, inquiry. Nothing typed here goes anywhere but to the node. */
export function Search() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [found, setFound] = useState<Found[]>(); // none yet for what is typed
  const clear = () => {
    setText("");
    setFound(undefined);
  };
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    const all = await find(text.trim());
    const [only] = all;
    if (only && all.length === 1) {
      clear();
      await navigate({ to: only.page });
    } else setFound(all);
  };
  return (
    <form
      role="search"
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === "Escape" && setFound(undefined)}
      style={{ flex: 1, maxWidth: 520, position: "relative" }}
    >
      <TextInput
        type="search"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setFound(undefined);
        }}
        placeholder={t("search.placeholder")}
        aria-label={t("search.label")}
        error={found?.length === 0 ? t("search.nothing") : undefined}
        errorProps={{ style: { position: "absolute", background: "var(--mantine-color-body)", padding: "0 0.5rem" } }}
      />
      {found && found.length > 0 && <Choice of={found} chosen={clear} />}
    </form>
  );
}

/** What begins with what was typed. */
function Choice({ of, chosen }: { of: Found[]; chosen: () => void }) {
  const { t } = useTranslation();
  return (
    <Paper
      component="nav"
      aria-label={t("search.choose")}
      withBorder
      shadow="md"
      style={{ position: "absolute", insetInline: 0, top: "100%", maxHeight: "60vh", overflow: "auto" }}
    >
      <span role="status" style={{ position: "absolute", left: "-999rem" }}>
        {t("search.found", { count: of.length })}
      </span>
      {of.map((one) => (
        <NavLink key={one.page} component={Link} to={one.page} label={shorten(one.name, 40, 6)} description={t(`search.kinds.${one.kind}`)} onClick={chosen} />
      ))}
    </Paper>
  );
}
