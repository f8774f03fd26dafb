import { Badge } from "@mantine/core";

import { useWords } from "../lib/use-words";

// One colour for one meaning on every page: what is in force, what waits, what was stopped, what is over.
const good = ["ACTIVE", "CURRENT", "GOOD", "OPEN", "PASSED", "ACTED", "FULFILLED", "PROPOSAL_PASSED"];
const waiting = ["PROPOSED", "SCHEDULED", "PAUSED", "DISPUTED", "NOT_YET", "VOTING_PERIOD", "DEPOSIT_PERIOD"];
const stopped = ["SUSPENDED", "REVOKED", "SUPPRESSED", "WITHDRAWN", "FAILED", "REJECTED", "ERASED"];

/** A value of an enum as a badge: translated where there is a text, else its own words. */
export function State({ value, prefix }: { value: string; prefix: string }) {
  const say = useWords();
  const name = value.replace(prefix, "");
  const colour = good.includes(name) ? "teal" : waiting.includes(name) ? "orange" : stopped.includes(name) ? "red" : "gray";
  return (
    <Badge variant="light" color={colour}>
      {say(value, prefix)}
    </Badge>
  );
}
