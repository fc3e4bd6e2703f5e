import type { ServerResponse } from 'node:http';
import { dispatch } from './dispatch';
import { faultyReply, isCommitted } from './faults';
import { empty, type EmulatorRequest, type Reply } from './http';
import type { Model } from './model';
import type { Route } from './routes';
import type { Fault, RecordedRequest } from './types';

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

/** Sends an answer with the headers that every answer of Box has; chunked when there is a body, as Box does it. */
export function send(model: Model, id: string, reply: Reply, response: ServerResponse): void {
  writeHead(model, id, reply, response);
  if (reply.body.length > 0) response.write(reply.body);
  response.end();
}

function writeHead(model: Model, id: string, reply: Reply, response: ServerResponse): void {
  response.statusCode = reply.status;
  response.setHeader('Date', new Date(model.clock.now()).toUTCString());
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('BOX-REQUEST-ID', id);
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
}

/** What an exchange consists of: a request, how it was recorded, who answers it, and where the answer goes. */
export interface ExchangeParts {
  readonly model: Model;
  readonly route: Route | undefined;
  readonly request: EmulatorRequest;
  readonly response: ServerResponse;
  readonly recorded: RecordedRequest;
}

/** One request that was read and recorded, on its way to an answer or to the fault that it meets. */
export class Exchange {
  readonly #parts: ExchangeParts;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
  }

  /** Answers; `fault` is what the request meets. */
  async run(fault: Fault | undefined): Promise<void> {
    if (fault === undefined) this.#answer(this.#act());
    else await this.#strike(fault);
  }

  #act(): Reply {
    const { model, route, request } = this.#parts;
    return model.clock.atOneInstant(() => dispatch(model, route, request));
  }

  #answer(reply: Reply): void {
    const { model, request, response, recorded } = this.#parts;
    recorded.status = reply.status;
    send(model, request.id, reply, response);
  }

  #drop(): void {
    this.#parts.recorded.status = 'dropped';
    this.#parts.response.destroy();
  }

  /** Sends half an answer and breaks the connection in the middle of its body. */
  #answerAbruptly(reply: Reply): void {
    const { model, request, response, recorded } = this.#parts;
    recorded.status = reply.status;
    writeHead(model, request.id, reply, response);
    response.write(reply.body, () => response.destroy());
  }

  async #strike(fault: Fault): Promise<void> {
    if (fault.kind === 'delay') return this.#delay(fault);
    const reply = faultyReply(fault, isCommitted(fault) ? this.#act() : empty(200));
    if (fault.kind === 'dropBefore' || fault.kind === 'dropAfter') this.#drop();
    else if (fault.kind === 'hang') this.#parts.recorded.status = 'hung';
    else if (fault.abrupt === true) this.#answerAbruptly(reply);
    else this.#answer(reply);
  }

  async #delay(fault: Fault): Promise<void> {
    const before = isCommitted(fault) ? this.#act() : undefined;
    await wait(fault.delayMs ?? 0);
    this.#answer(before ?? this.#act());
  }
}
