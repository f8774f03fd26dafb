/** What a node answers when it cannot answer: docs/api/README.md. */
export interface ErrorEnvelope {
  code: number;
  codespace?: string;
  name?: string;
  message: string;
  hint?: string;
}

/** A refusal by the node's API, or no answer at all (status 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly envelope: ErrorEnvelope,
  ) {
    super(envelope.message);
  }

  /** Whether the chain answered that there is no such thing. */
  get notFound(): boolean {
    return this.status === 404;
  }

  /** Whether the node could not be reached, or was too busy: the same may be asked again. */
  get unreachable(): boolean {
    return [0, 429, 502, 503, 504].includes(this.status);
  }
}

/** The chain's refusal of a transaction. */
export class TxError extends Error {
  override readonly name = "TxError";

  constructor(
    readonly codespace: string,
    readonly code: number,
    readonly log: string,
    readonly hash: string,
    /** Block that it failed in; 0 when no block has it. */
    readonly height: bigint,
  ) {
    super(`the chain refused it: ${log} [${codespace}/${code}]`);
  }

  is(codespace: string, code: number): boolean {
    return this.codespace === codespace && this.code === code;
  }
}

/** The transaction may or may not be in a block: read the state before sending again. */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";

  constructor(readonly hash: string, cause?: unknown) {
    super(`it is not known whether transaction ${hash} was committed: read the state before sending again`, { cause });
  }
}

/** The transaction is in no block and never can be, because its timeout has passed. */
export class Expired extends Error {
  override readonly name = "Expired";

  constructor(readonly hash: string) {
    super(`transaction ${hash} was not committed before its timeout: nothing happened, send again`);
  }
}
