import { Badge } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { TxResponse } from "../api/types";
import { DataTable } from "./data-table";
import { Id } from "./id";
import { Sentence } from "./sentence";
import { Time } from "./time";

/** Transactions, each by what its first message does. */
export function TxTable({ txs, empty }: { txs: TxResponse[]; empty: string }) {
  const { t } = useTranslation();
  return (
    <DataTable
      caption={t("block.txs")}
      empty={empty}
      rows={txs}
      keyOf={(tx) => tx.txhash}
      columns={[
        { name: t("tx.hash"), cell: (tx) => <Id value={tx.txhash} to={`/txs/${tx.txhash}`} /> },
        { name: t("tx.block"), cell: (tx) => <Link to="/blocks/$height" params={{ height: tx.height }}>{tx.height}</Link> },
        { name: t("tx.what"), cell: (tx) => <What tx={tx} /> },
        { name: t("tx.result"), cell: (tx) => <Outcome code={tx.code} /> },
        { name: t("tx.time"), cell: (tx) => <Time at={tx.timestamp} /> },
      ]}
    />
  );
}

function What({ tx }: { tx: TxResponse }) {
  const messages = tx.tx?.body.messages ?? [];
  const [first] = messages;
  if (!first) return "–";
  return (
    <>
      <Sentence message={first} />
      {messages.length > 1 && ` + ${messages.length - 1}`}
    </>
  );
}

export function Outcome({ code }: { code: number }) {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={code === 0 ? "teal" : "red"}>
      {code === 0 ? t("tx.ok") : t("tx.failed")}
    </Badge>
  );
}
