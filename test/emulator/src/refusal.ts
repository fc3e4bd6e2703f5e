import type { Reply } from './http';

/** Thrown anywhere in an endpoint's work to answer with an error; the server sends its `reply`. */
export class Refusal extends Error {
  constructor(readonly reply: Reply) {
    super(`Refused with ${reply.status}`);
    this.name = 'Refusal';
  }
}
