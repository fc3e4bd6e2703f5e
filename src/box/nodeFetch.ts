import fetch from 'node-fetch';
import type { Fetch } from './http';

/** `node-fetch` asks over `node:http` and `node:https`, where VS Code's proxy and certificate settings take effect. */
export const nodeFetch: Fetch = (url, init) => fetch(url, init);
