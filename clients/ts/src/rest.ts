import {
  create, fromJson, getOption, hasOption, toJson, type DescField, type DescMethodUnary, type DescMessage, type JsonObject, type JsonValue,
  type MessageInitShape, type MessageShape,
} from "@bufbuild/protobuf";

import { ApiError, type ErrorEnvelope } from "./errors.js";
import { http } from "./gen/google/api/annotations_pb.js";
import { registry } from "./registry.js";

/** What a call may be given besides its request. */
export interface CallOptions {
  signal?: AbortSignal;
  /** Height whose state is asked for; the latest if it is left out. */
  height?: bigint;
}

/** A service of which every unary method is a function of its request. */
export type Client<S extends { method: Record<string, unknown> }> = {
  [name in keyof S["method"]]: S["method"][name] extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
    : never;
};

/**
 * Calls methods over the REST API of a node, by the google.api.http option that each has in the proto. Nothing about an
 * address of the API is written by hand.
 */
export class Rest {
  /** base is the address of the API without a slash at the end; "" asks the origin of the page. */
  constructor(
    readonly base: string,
    private readonly ask: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  /** All methods of a service: `rest.service(Query).subject({ subject })`. */
  service<S extends { method: Record<string, unknown> }>(service: S): Client<S> {
    const entries = Object.entries(service.method as Record<string, DescMethodUnary>).map(
      ([name, method]) => [name, (request: Record<string, unknown>, options?: CallOptions) => this.call(method, request, options)] as const,
    );
    return Object.fromEntries(entries) as Client<S>;
  }

  /** One method. Rejects with ApiError, or with the signal's reason when aborted. */
  async call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>, request: MessageInitShape<I>, options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    const { path, body } = address(method, create(method.input, request));
    const headers: Record<string, string> = { accept: "application/json" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (options.height !== undefined) headers["x-cosmos-block-height"] = String(options.height);
    let response: Response;
    try {
      response = await this.ask(this.base + path, {
        method: body === undefined ? "GET" : "POST", headers,
        ...(body !== undefined && { body: JSON.stringify(body) }), ...(options.signal && { signal: options.signal }),
      });
    } catch (cause) {
      if (options.signal?.aborted) throw cause;
      throw new ApiError(0, { code: 14, name: "unreachable", message: "the node does not answer" });
    }
    const answer = (await response.json().catch(() => undefined)) as JsonValue | undefined;
    if (!response.ok) throw new ApiError(response.status, envelope(answer, response.status));
    if (answer === undefined) throw new ApiError(response.status, { code: 13, message: "the node's answer is not JSON" });
    return fromJson(method.output, answer, { registry, ignoreUnknownFields: true });
  }
}

function envelope(answer: JsonValue | undefined, status: number): ErrorEnvelope {
  if (typeof answer === "object" && answer !== null && "message" in answer) {
    return { ...(answer as object), code: Number((answer as JsonObject).code ?? status), message: String((answer as JsonObject).message) };
  }
  return { code: status, message: `the node answered ${status}` };
}

/** Path with parameters, and what is sent of a POST. */
function address(method: DescMethodUnary, request: MessageShape<DescMessage>): { path: string; body?: JsonValue } {
  if (!hasOption(method, http)) throw new Error(`${method.parent.typeName}.${method.name} has no address in the REST API`);
  const { pattern, body } = getOption(method, http);
  if (pattern.case !== "get" && pattern.case !== "post") throw new Error(`${method.name} is neither GET nor POST`);
  const json = toJson(method.input, request, { registry, useProtoFieldName: true }) as JsonObject;
  const path = pattern.value.replace(/\{(\w+)(?:=[^}]*)?\}/g, (_, name: string) => {
    const value = json[name];
    if (value === undefined || value === "") throw new Error(`${method.input.typeName}: ${name} is missing`);
    delete json[name];
    return encodeURIComponent(String(value));
  });
  if (pattern.case === "post") {
    if (body !== "*") throw new Error(`${method.name}: only whole requests are sent`);
    return { path, body: json };
  }
  const query = new URLSearchParams();
  parameters(method.input.fields, json, "", query);
  const text = query.toString();
  return { path: text ? `${path}?${text}` : path };
}

/** pagination.limit=10 and the like: fields of fields are joined by dots, lists are repeated. */
function parameters(fields: readonly DescField[], json: JsonObject, prefix: string, into: URLSearchParams): void {
  for (const field of fields) {
    const value = json[field.name];
    if (value === undefined) continue;
    if (field.fieldKind === "message" && typeof value === "object" && value !== null && !Array.isArray(value)) {
      parameters(field.message.fields, value, `${prefix}${field.name}.`, into);
    } else {
      for (const each of Array.isArray(value) ? value : [value]) into.append(prefix + field.name, String(each));
    }
  }
}

/** One page of a list. */
interface Page {
  pagination?: { nextKey: Uint8Array };
}

/** Every entry of a list, page by page: `for await (const c of pages((pagination) => q.consents({subject, pagination}), (p) => p.consents))`. */
export async function* pages<P extends Page, T>(
  ask: (pagination: { key: Uint8Array; limit: bigint }) => Promise<P>, entries: (page: P) => T[], limit = 100n,
): AsyncGenerator<T> {
  let key: Uint8Array | undefined = new Uint8Array();
  while (key) {
    const page: P = await ask({ key, limit });
    yield* entries(page);
    key = page.pagination?.nextKey.length ? page.pagination.nextKey : undefined;
  }
}
