/** What a node answers when it cannot answer: one shape for every REST error. */
export interface ErrorEnvelope {
  code: number;
  codespace?: string;
  name?: string;
  message: string;
  hint?: string;
}

/** ApiError is a refusal by the node, or no answer at all (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly envelope: ErrorEnvelope,
  ) {
    super(envelope.message);
    this.name = "ApiError";
  }

  /** Whether the thing asked for is not there, as opposed to the node being unable to say. */
  get notFound(): boolean {
    return this.status === 404;
  }

  /** Whether the node could not be reached: what was shown before may still be right, only older. */
  get unreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

export type Parameters = Record<string, string | number | boolean | undefined>;

/** The address of a query; parameters that are undefined are left out. */
export function address(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** Milliseconds after which a node that took a request and says nothing counts as away. */
const patience = 8000;

/** Ask the node that serves this page. Rejects with ApiError, or with the signal's reason when aborted. */
export async function get<T>(path: string, parameters?: Parameters, signal?: AbortSignal): Promise<T> {
  const late = AbortSignal.timeout(patience);
  let response: Response;
  try {
    response = await fetch(address(path, parameters), { signal: signal ? AbortSignal.any([signal, late]) : late, headers: { accept: "application/json" } });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, { code: 14, name: "unreachable", message: "The node does not answer." });
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (late.aborted && body === undefined) throw new ApiError(0, { code: 4, name: "unreachable", message: "The node does not answer." });
  if (!response.ok) throw new ApiError(response.status, envelopeOf(body, response.status));
  if (body === undefined) throw new ApiError(response.status, { code: 13, message: "The node's answer is not JSON." });
  return body as T;
}

function envelopeOf(body: unknown, status: number): ErrorEnvelope {
  if (typeof body === "object" && body !== null && "message" in body) {
    const { code, message } = body as { code?: unknown; message: unknown };
    return { ...(body as object), code: typeof code === "number" ? code : status, message: String(message) };
  }
  return { code: status, message: `The node answered ${status}.` };
}
