import { Badge } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { latestBlock } from "../api/queries";

/** Whether the node answers, and its height: said to screen readers when it changes between the two, not at each block. */
export function NodeState() {
  const { t } = useTranslation();
  const { data, isError } = useQuery(latestBlock);
  const away = isError;
  return (
    <>
      <Badge color={away ? "red" : "teal"} variant="light" size="lg" visibleFrom="xs" data-testid="node-state">
        {away ? t("node.away") : data ? `${data.block.header.height}` : "…"}
      </Badge>
      <span role="status" style={{ position: "absolute", left: "-999rem" }}>
        {away ? t("node.awayLong") : ""}
      </span>
    </>
  );
}
