import { json, type Reply } from './http';
import type { Endpoint, Fault } from './types';

interface QueuedFault {
  readonly fault: Fault;
  left: number;
}

/** The faults that wait for requests, met in the order in which they were set. */
export class FaultQueue {
  #queue: QueuedFault[] = [];

  add(fault: Fault): void {
    const { times = 1 } = fault;
    this.#queue.push({ fault, left: times < 0 ? Infinity : times });
  }

  clear(): void {
    this.#queue = [];
  }

  /** Takes the fault that a request meets, if any. */
  take(endpoint: Endpoint, grantType: string | undefined): Fault | undefined {
    const matches = ({ fault, left }: QueuedFault): boolean =>
      left > 0 &&
      fault.endpoint === endpoint &&
      (fault.grantType === undefined || fault.grantType === grantType);
    const queued = this.#queue.find(matches);
    if (queued === undefined) return undefined;
    queued.left -= 1;
    return queued.fault;
  }
}

/** Whether the server does its work before the fault strikes. */
export function isCommitted(fault: Fault): boolean {
  if (fault.committed !== undefined) return fault.committed;
  switch (fault.kind) {
    case 'dropAfter':
    case 'truncate':
    case 'delay':
      return true;
    case 'json':
      return fault.body === undefined;
    case 'dropBefore':
    case 'hang':
    case 'status':
    case 'html':
      return false;
  }
}

const HTML = '<!doctype html><title>Service unavailable</title><h1>Service unavailable</h1>';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const text = (body: unknown): string => {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
};

/** Box spells `retry-after` in lower case on a 429, so that clients must look it up without regard to case. */
function headersOf(fault: Fault, status: number): Record<string, string> {
  const entries = Object.entries(fault.headers ?? {});
  const spell = (name: string): string =>
    status === 429 && /^retry-after$/i.test(name) ? 'retry-after' : name;
  return Object.fromEntries(entries.map(([name, value]) => [spell(name), value]));
}

function changeFields(fault: Fault, fields: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(fields).filter(([name]) => !fault.omitFields?.includes(name));
  return { ...Object.fromEntries(kept), ...fault.extraFields };
}

function altered(fault: Fault, reply: Reply): Reply {
  const own = fault.body !== undefined;
  const value = own ? fault.body : parse(reply.body.toString());
  if (value === undefined) return reply;
  const status = fault.status ?? (own ? 200 : reply.status);
  return json(status, isObject(value) ? changeFields(fault, value) : value, headersOf(fault, status));
}

/** The answer that a fault makes of the real one; `reply` is empty when the server did not act. */
export function faultyReply(fault: Fault, reply: Reply): Reply {
  switch (fault.kind) {
    case 'status': {
      const status = fault.status ?? 500;
      return { status, headers: headersOf(fault, status), body: text(fault.body) };
    }
    case 'html': {
      const status = fault.status ?? 503;
      const headers = { 'Content-Type': 'text/html; charset=utf-8', ...headersOf(fault, status) };
      return { status, headers, body: fault.body === undefined ? HTML : text(fault.body) };
    }
    case 'json':
      return altered(fault, reply);
    case 'truncate':
      return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
    case 'dropBefore':
    case 'dropAfter':
    case 'hang':
    case 'delay':
      return reply;
  }
}
